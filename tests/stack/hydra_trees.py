"""Small Hydra trees: files, and what the command line says. Hydra itself composes the same ones."""

from typing import NamedTuple


class Tree(NamedTuple):
    """Files by their paths; the primary config is `config.yaml`."""

    files: dict[str, str]
    overrides: tuple[str, ...] = ()


DB = {
    "db/mysql.yaml": "driver: mysql\nport: 3306\n",
    "db/pg.yaml": "driver: pg\nport: 5432\n",
    "config.yaml": "defaults: [{db: mysql}, _self_]\ndb: {port: 1}\nx: 1\n",
}
OPT = {**DB, "opt/adam.yaml": "lr: 1e-3\nwd: no\n"}
SERVER = {
    "config.yaml": "defaults: [{server: apache}]\n",
    "server/apache.yaml": "defaults: [{db: mysql}, _self_]\nname: apache\n",
    "server/db/mysql.yaml": "p: 1\n",
    "server/db/pg.yaml": "p: 2\n",
}
SITES = {
    "config.yaml": "defaults: [{site: [fb, go]}]\n",
    "site/fb.yaml": "a: 1\nq: f\n",
    "site/go.yaml": "b: 1\nq: g\n",
}
MODEL = {
    **DB,
    "model/big.yaml": "d: 8\n",
    "tune/mysql_big.yaml": "tuned: yes\n",
    "tune/pg_big.yaml": "tuned: no\n",
    "config.yaml": "defaults: [{optional tune: '${db}_${model}'}, {db: mysql}, {model: big}, _self_]\n",
}
OUTER = {
    "config.yaml": "defaults: [{m@outer: big}, _self_]\n",
    "m/big.yaml": "defaults: [{sub@inner: s}, _self_]\nb: 2\n",
    "m/sub/s.yaml": "s: 1\n",
    "m/sub/t.yaml": "s: 2\n",
}
WORDS = (
    "a: yes\nb: 010\nc: 1:30\nd: 2020-01-01\ne: 1e-5\nf: 0x1F\ng: 1_000\nh: off\ni: .5\nj: 'no'\nk: 08\nl: 0o17\n"
    "m: 0b11\nn: +1\no: 1.\np: 1E+5\nq: .inf\nr: ~\ns: NULL\nt: TRUE\nu: 1e5\nv: -0.5\nw: '1'\n"
)
REFERENCES = (
    "defaults: [a, _self_]\nx: ${a.b}\ny: pre_${a.b}_post\nz: ${a}\nw: ${.x}\nwhich: b\nnest:\n  p: ${..x}\n"
    "  q: ${a.${which}}\n  r: ${oc.select:nope,5}\n  s: ${oc.select:nope}\n  t: \\${a.b}\n"
    "  v: ${oc.decode:'[1,2]'}\n  w: ${oc.create:{k:1}}\n  x: ${oc.dict.keys:a}\n  y: ${oc.dict.values:a}\n"
)


def config(text: str, **others: str) -> dict[str, str]:
    """A primary config and files beside it."""
    return {"config.yaml": text, **{f"{name.replace('__', '/')}.yaml": other for name, other in others.items()}}


TREES = {
    "self last": Tree(DB),
    "self first": Tree({**DB, "config.yaml": "defaults: [_self_, {db: mysql}]\ndb: {port: 1}\n"}),
    "no self": Tree({**DB, "config.yaml": "defaults: [{db: mysql}]\ndb: {port: 1}\n"}),
    "self twice": Tree({**DB, "config.yaml": "defaults: [_self_, {db: mysql}, _self_]\n"}),
    "a choice": Tree(DB, ("db=pg",)),
    "a wrong choice": Tree(DB, ("db=oracle",)),
    "a choice of nothing": Tree(DB, ("db=null",)),
    "a group left out": Tree(DB, ("~db",)),
    "a choice left out": Tree(DB, ("~db=mysql",)),
    "another choice left out": Tree(DB, ("~db=pg",)),
    "a group added": Tree(OPT, ("+opt=adam",)),
    "a group added in a package": Tree(OPT, ("+opt@train.opt=adam",)),
    "a group that no list names": Tree(OPT, ("opt=adam",)),
    "packages": Tree({**DB, "config.yaml": "defaults: [{db@src: mysql}, {db@dst: pg}, _self_]\n"}),
    "a choice in a package": Tree({**DB, "config.yaml": "defaults: [{db@src: mysql}, {db@dst: pg}]\n"}, ("db@src=pg",)),
    "a choice in no package": Tree({**DB, "config.yaml": "defaults: [{db@src: mysql}, {db@dst: pg}]\n"}, ("db=pg",)),
    "an experiment over all": Tree(
        {**DB, "exp/a.yaml": "# @package _global_\ndefaults: [{override /db: pg}]\nx: 7\ndb: {port: 9}\n"}, ("+exp=a",)
    ),
    "an experiment named in the list": Tree(
        {
            **DB,
            "exp/a.yaml": "# @package _global_\n\ndefaults: [{override /db: pg}, _self_]\nx: 7\n",
            "config.yaml": "defaults: [{db: mysql}, _self_, {exp: a}]\nx: 1\n",
        }
    ),
    "a header's package": Tree({**DB, "exp/a.yaml": "# @package foo.bar\nz: 7\n"}, ("+exp=a",)),
    "a list within": Tree(SERVER),
    "a choice within": Tree(SERVER, ("server/db=pg",)),
    "an override of a choice within": Tree(
        {**SERVER, "config.yaml": "defaults: [{server: apache}, {override server/db: pg}]\n"}
    ),
    "an absolute group": Tree(
        {**SERVER, "server/apache.yaml": "defaults: [{/db@db: m}]\nname: a\n", "db/m.yaml": "p: 3\n"}
    ),
    "an absolute group without a package": Tree(
        {**SERVER, "server/apache.yaml": "defaults: [{/db: m}]\nname: a\n", "db/m.yaml": "p: 3\n"}
    ),
    "the package of the file": Tree({**SERVER, "server/apache.yaml": "defaults: [{db@_here_: mysql}]\nname: a\n"}),
    "a file of the same group": Tree(
        {**SERVER, "server/apache.yaml": "defaults: [base]\nn: a\n", "server/base.yaml": "n: b\n"}
    ),
    "a choice of several": Tree(SITES),
    "another choice of several": Tree({**SITES, "site/am.yaml": "c: 1\n"}, ("site=[am,fb]",)),
    "an optional file that is not there": Tree(
        {**DB, "config.yaml": "defaults: [{optional opt: nothere}, {db: pg}]\n"}
    ),
    "a file that is not there": Tree({**DB, "config.yaml": "defaults: [{db: nothere}]\n"}),
    "a choice that must be made": Tree({**DB, "config.yaml": "defaults: [{db: '???'}]\n"}),
    "a choice that was made": Tree({**DB, "config.yaml": "defaults: [{db: '???'}]\n"}, ("db=pg",)),
    "a choice named by others": Tree(MODEL),
    "a choice named by another choice": Tree(MODEL, ("db=pg",)),
    "a group chosen twice": Tree({**DB, "config.yaml": "defaults: [{db: mysql}, {db: pg}]\n"}),
    "a circle": Tree(config("defaults: [a]\n", a="defaults: [b]\n", b="defaults: [a]\n")),
    "an override before the others": Tree({**DB, "config.yaml": "defaults: [{override db: pg}, {db: mysql}]\n"}),
    "an override of nothing": Tree({**DB, "config.yaml": "defaults: [{db: mysql}, {override dbx: pg}]\n"}),
    "a group of Hydra's own": Tree(
        {**DB, "config.yaml": "defaults: [{db: pg}, {override hydra/job_logging: none}]\nhydra: {run: {dir: x}}\n"}
    ),
    "null over a mapping": Tree({**DB, "config.yaml": "defaults: [{db: mysql}, _self_]\ndb: null\n"}),
    "a mapping over null": Tree(config("defaults: [a, _self_]\nx: {y: 1}\n", a="x: null\nz: 1\n")),
    "a list over a list": Tree(config("defaults: [a, _self_]\nx: [3]\n", a="x: [1, 2]\n")),
    "what must be set over a value": Tree(config("defaults: [a, _self_]\nx: ???\n", a="x: 5\nz: ???\n")),
    "numbers as keys": Tree(config("defaults: [_self_, a]\nx: {1: a, 2: b}\n", a="x: {1: c}\n")),
    "words": Tree(config(f"defaults: [_self_]\n{WORDS}")),
    "references": Tree(config(REFERENCES, a="a: {b: 1, c: true}\n")),
    "keys set": Tree(DB, ("x=5", "db.port=1e3", "+new.a.b=[1,2]", "++x=6", "++y.z=1")),
    "an unknown key": Tree(DB, ("y=5",)),
    "a known key added": Tree(DB, ("+x=5",)),
    "a key taken away": Tree(DB, ("~x",)),
    "a value taken away": Tree(DB, ("~x=1",)),
    "another value taken away": Tree(DB, ("~x=2",)),
    "an unknown key taken away": Tree(DB, ("~y",)),
    "a mapping": Tree(DB, ("db={port: 7}",)),
    "a mapping without spaces": Tree(DB, ("+n={a:1,b:[x,y],c:{d:'e f'}}",)),
    "quotes": Tree(DB, ("x='a b'", 'db.driver="q"')),
    "nothing": Tree(DB, ("x=",)),
    "null": Tree(DB, ("x=null",)),
    "a path": Tree(DB, ("x=abc:def/gh.i",)),
    "a reference": Tree(DB, ("x=${db.port}",)),
    "an experiment on an experiment": Tree(
        config(
            "defaults: [_self_, {exp: e}]\na: {lr: 1}\n",
            exp__e="# @package _global_\ndefaults: [/exp/base, _self_]\na: {lr: 3}\n",
            exp__base="# @package _global_\na: {lr: 2, wd: 2}\n",
        )
    ),
    "items by path": Tree(config("defaults: [exp/base, /other, _self_]\n", exp__base="b: 2\n", other="o: 1\n")),
    "items in packages": Tree(
        config("defaults: [exp/base@foo.bar, other@_global_]\n", exp__base="b: 2\n", other="o: 1\n")
    ),
    "a group at the top": Tree(config("defaults: [{exp@_global_: base}]\n", exp__base="b: 2\n")),
    "a package in a package": Tree(OUTER),
    "a choice in a package in a package": Tree(OUTER, ("m/sub@outer.inner=t",)),
    "the group in a package": Tree(config("defaults: [{m@foo._group_: big}]\n", m__big="b: 2\n")),
    "an empty file": Tree(config("defaults: [a, _self_]\nx: 1\n", a="")),
    "a group of nothing": Tree(config("defaults: [{db: null}, _self_]\nx: 1\n", db__pg="p: 1\n")),
    "a choice for a group of nothing": Tree(config("defaults: [{db: null}]\nx: 1\n", db__pg="p: 1\n"), ("db=pg",)),
}
