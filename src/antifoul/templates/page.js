(() => {
  "use strict";
  const root = document.documentElement;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const charts = read("charts"), details = new Map(Object.entries(read("details")));
  const views = new Map();

  // The theme: as the system has it, until the button says otherwise.
  const dark = () => getComputedStyle(root).colorScheme.includes("dark");
  const value = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const theme = () => ({
    ramp: value("ramp").split(/\s+/), category: value("category").split(/\s+/), turn: value("turn"),
    ink: value("ink"), soft: value("soft"), paper: value("paper"), line: value("line"), faint: value("faint"), thread: value("thread"),
    edge: value("edge"), oncold: value("oncold"), onhot: value("onhot"),
  });

  // A copy of a specification with the theme's colours; data ("values") is copied: Vega writes into it.
  const painted = (spec, colours) => {
    if (Array.isArray(spec)) return spec.map((one) => painted(one, colours));
    if (typeof spec === "string") {
      if (spec[0] === "$" && spec.slice(1) in colours) return colours[spec.slice(1)];
      return spec.replace("$turn", colours.turn);
    }
    if (spec === null || typeof spec !== "object") return spec;
    return Object.fromEntries(Object.entries(spec).map(([key, one]) => [key, key === "values" ? structuredClone(one) : key === "labelLimit" ? Math.min(one, innerWidth * 0.42) : painted(one, colours)]));
  };

  const config = (c) => ({
    background: null, font: "system-ui, sans-serif",
    axis: { labelColor: c.soft, titleColor: c.soft, gridColor: c.edge, domainColor: c.edge, tickColor: c.edge, labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal" },
    legend: { labelColor: c.ink, labelFontSize: 12 }, view: { stroke: null }, range: { category: c.category, heatmap: c.ramp, ramp: c.ramp },
  });

  const draw = async (place) => {
    const name = place.dataset.chart, colours = theme();
    place.dataset.drawn = "busy";
    views.get(name)?.finalize();
    const made = await vegaEmbed(place, painted(charts[name], { ...colours, wide: Math.max(place.clientWidth, 260) }), {
      actions: false, renderer: "svg", config: config(colours), tooltip: { theme: "custom" },
    });
    const svg = place.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", place.dataset.label);
    for (const group of svg.querySelectorAll("g[role], g[aria-roledescription]")) group.setAttribute("aria-hidden", "true");
    views.set(name, made);
    if (name === "hotspot-map") {
      made.view.addEventListener("click", (_, item) => { if (item?.datum?.file) show(item.datum.path); });
      if (picked) made.view.signal("picked", picked).run();
    }
    place.dataset.drawn = "yes";
  };

  const waiting = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) { waiting.unobserve(one.target); draw(one.target); }
  }, { rootMargin: "300px" });
  const places = [...document.querySelectorAll("[data-chart]")];
  for (const place of places) waiting.observe(place);
  let resized;
  addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(redraw, 200); });
  const redraw = () => { for (const place of places) if (place.dataset.drawn) draw(place); };

  const button = document.getElementById("theme");
  const tell = () => { button.textContent = dark() ? "Light" : "Dark"; };
  button.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; tell(); redraw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { tell(); redraw(); });
  button.hidden = false;
  tell();

  // A file's functions. Text is set as text: nothing of the repository becomes markup.
  let picked = "";
  const panel = document.getElementById("picked");
  const cell = (row, text, right, head) => {
    const made = row.insertCell();
    made.textContent = text;
    if (right) { made.className = "right"; made.dataset.head = head; }
  };
  const show = (path) => {
    if (!panel) return;
    picked = path;
    views.get("hotspot-map")?.view.signal("picked", path).run();
    const file = details.get(path);
    panel.querySelector("h3").textContent = path;
    const rows = file ? file.functions : [];
    panel.querySelector("p").textContent = file
      ? `${file.loc.toLocaleString("en")} lines, ${rows.length} of its functions, those with the most paths first.` : "No function of it is among those listed.";
    const body = panel.querySelector("tbody");
    body.replaceChildren();
    for (const [symbol, line, end, paths, deep] of rows) {
      const row = body.insertRow();
      cell(row, symbol); cell(row, paths, true, "paths"); cell(row, deep, true, "deep"); cell(row, end - line + 1, true, "lines"); cell(row, line, true, "at line");
    }
    panel.querySelector(".scroll").hidden = !rows.length;
    panel.hidden = false;
  };
  for (const one of document.querySelectorAll("button[data-path]")) {
    one.addEventListener("click", () => { show(one.dataset.path); panel?.scrollIntoView({ block: "nearest" }); });
  }

  // Findings, filtered by words, rule and severity.
  const filters = document.getElementById("filters");
  if (filters) {
    const [words, rule, severity] = ["words", "rule", "severity"].map((name) => filters.elements[name]);
    const rows = [...document.querySelectorAll("#findings-table tbody tr")];
    const count = filters.querySelector("output");
    const apply = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        const fits = (!rule.value || row.dataset.rule === rule.value) && (!severity.value || row.dataset.severity === severity.value)
          && wanted.every((word) => text.includes(word));
        row.hidden = !fits;
        shown += fits;
      }
      count.textContent = `${shown} of ${rows.length}`;
    };
    filters.addEventListener("input", apply);
    filters.addEventListener("submit", (event) => event.preventDefault());
    filters.hidden = false;
    apply();
  }
})();
