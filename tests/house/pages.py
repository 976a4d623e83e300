"""The pages of fixtures/pages are what tests/tools/render.py makes of fixtures/articles."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(os.environ["ALM_SOURCE"])
pages = root / "fixtures/pages"
with tempfile.TemporaryDirectory() as made:
    subprocess.run([sys.executable, "-B", root / "tests/tools/render.py", root / "fixtures/articles", made,
                    *(pages / "plan.txt").read_text().split()], check=True)
    expected = {p.name: p.read_bytes() for p in Path(made).glob("*.html")}
found = {p.name: p.read_bytes() for p in pages.glob("*.html")}
wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
sys.exit(f"differ from what render.py makes: {', '.join(wrong)}" if wrong else 0)
