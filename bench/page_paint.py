"""How large a report's page is, and when Chromium first paints something of it.

    python bench/page_paint.py REPORT.html [RUNS]      (in an environment with playwright; chromium on the PATH)

The median and the slowest of the runs, in milliseconds from the start of the navigation (the paint timing entry
`first-contentful-paint`), each in a context of its own.
"""

import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FIRST = """() => new Promise(done => {
    const told = () => performance.getEntriesByName("first-contentful-paint")[0];
    const look = () => told() ? done(told().startTime) : requestAnimationFrame(look);
    look();
})"""


def painted(browser: Browser, address: str) -> float:
    """Milliseconds to the first paint."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    at: float = page.evaluate(FIRST)
    context.close()
    return at


def main() -> None:
    """Measure and print the row."""
    report = Path(sys.argv[1]).resolve()
    runs = int(sys.argv[2]) if sys.argv[2:] else 9
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        times = [painted(browser, report.as_uri()) for _ in range(runs)]
        browser.close()
    size = report.stat().st_size / 1e6
    print("| MB | first paint, median ms | slowest ms |\n| --: | --: | --: |")
    print(f"| {size:.2f} | {statistics.median(times):.0f} | {max(times):.0f} |")


if __name__ == "__main__":
    main()
