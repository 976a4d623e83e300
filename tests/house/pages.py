"""fixtures/pages and fixtures/sites/county are what tests/tools/render.py and site.py make of fixtures/articles."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(os.environ["ALM_SOURCE"])
pages, county = root / "fixtures/pages", root / "fixtures/sites/county"
with tempfile.TemporaryDirectory() as made:
    subprocess.run([sys.executable, "-B", root / "tests/tools/render.py", root / "fixtures/articles", made,
                    *(pages / "plan.txt").read_text().split()], check=True)
    expected = {p.name: p.read_bytes() for p in Path(made).glob("*.html")}
    site = Path(made) / "site"
    subprocess.run([sys.executable, "-B", root / "tests/tools/site.py", root / "fixtures/articles", site], check=True)
    expected |= {f"site/{p.relative_to(site)}": p.read_bytes() for p in site.rglob("*.*")}
found = {p.name: p.read_bytes() for p in pages.glob("*.html")}
found |= {f"site/{p.relative_to(county)}": p.read_bytes() for p in county.rglob("*.*")}
wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
sys.exit(f"differ from what the tools make: {', '.join(wrong)}" if wrong else 0)
