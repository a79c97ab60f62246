"""Refreshes static/vendor: pinned third-party builds with their licences. For maintainers; users never need Node.

Downloads with npm into a temporary folder, bundles what has to be bundled with esbuild, and copies only what the pages
load. Run it after changing a version below, look at the pages, and commit the result.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "static" / "vendor"

VERSIONS = {
    "bpmn-js": "18.31.1",
    "bpmn-js-i18n": "2.3.0",
    "diagram-js-minimap": "5.5.0",
    "@tabler/core": "1.6.1",
    "htmx.org": "2.0.11",
    "idiomorph": "0.8.0",
    "lucide-static": "1.62.0",
    "esbuild": "0.28.0",
}

# The icons the pages use; a page that needs another one adds its name here.
ICONS = """
activity alarm-clock archive arrow-left arrow-right arrow-up-right ban bell book-open calendar calendar-days check check-check
chevron-down chevron-right circle circle-alert circle-check circle-dot circle-help circle-play circle-slash circle-x clock code
corner-down-right download eye file file-check file-text file-warning filter git-branch git-compare hand history home hourglass
inbox info key languages layers list list-checks loader lock log-out maximize menu message-square minus monitor moon pause
pencil play plug-zap plus refresh-cw rotate-ccw scale scan-search scroll-text search send settings shield shield-check skip-
forward square square-check sun table timer triangle-alert undo-2 upload user user-check users wallet wifi-off workflow wrench x
zoom-in zoom-out
"""

VIEWER_ENTRY = """
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
export { NavigatedViewer };
"""

EDITOR_ENTRY = """
import Modeler from "bpmn-js/lib/Modeler";
import minimap from "diagram-js-minimap";
import chinese from "bpmn-js-i18n/translations/zn";
export { Modeler, minimap, chinese };
"""

FONT_FACE = '@font-face { font-family: "bpmn"; src: url("font/bpmn.woff2") format("woff2"); }'


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="clearway-vendor-") as folder:
        work = Path(folder)
        install(work)
        modules = work / "node_modules"
        vendor_viewer(work, modules)
        vendor_editor(work, modules)
        vendor_tabler(modules)
        vendor_htmx(modules)
        vendor_icons(modules)
    print("static/vendor is fresh; look at the pages before committing")
    return 0


def install(work: Path) -> None:
    (work / "package.json").write_text('{"private": true}\n')
    packages = [f"{name}@{version}" for name, version in VERSIONS.items()]
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--save-exact", *packages], cwd=work, check=True)


def home_of(name: str, package: str) -> Path:
    """An empty folder static/vendor/<name>/<version>; older versions of the same package are removed."""
    shutil.rmtree(VENDOR / name, ignore_errors=True)
    home = VENDOR / name / VERSIONS[package]
    home.mkdir(parents=True)
    return home


def copy_text(source: Path, target: Path) -> None:
    """Copies a script or sheet without its pointer to a source map, which is not shipped."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"\n?/[/*][#@] sourceMappingURL=\S+(?: ?\*/)?\s*$", "\n", text)
    target.write_text(text, encoding="utf-8")


def copy_licence(package: Path, home: Path) -> None:
    found = [path for path in package.iterdir() if path.name.lower().startswith(("license", "licence"))]
    if found:
        shutil.copy(found[0], home / "LICENSE")
        return
    stated = re.search(r'"license":\s*"([^"]+)"', (package / "package.json").read_text())
    (home / "LICENSE").write_text(f"The package states its licence as: {stated.group(1) if stated else 'unknown'}\n")


def bundle(work: Path, modules: Path, entry: str, target: Path) -> None:
    """One module of what `entry` exports, with the licences of its parts at its end."""
    source = work / f"{target.stem}-entry.js"
    source.write_text(entry)
    command = [
        str(modules / ".bin" / "esbuild"), str(source), "--bundle", "--format=esm", "--minify", "--legal-comments=eof",
        "--target=es2022", f"--outfile={target}",
    ]  # fmt: skip
    subprocess.run(command, check=True)


def without_inline_styles(text: str) -> str:
    """Icons in strings with attributes in the place of styles, which the content policy of the pages refuses."""

    def attributes(found: re.Match[str]) -> str:
        pairs = (rule.split(":", 1) for rule in found[1].split(";") if rule.strip())
        return " ".join(f'{name.strip()}="{value.strip()}"' for name, value in pairs)

    return re.sub(r'\bstyle="([a-z-]+:[^"<>$]+)"', attributes, text)


def vendor_editor(work: Path, modules: Path) -> None:
    """The modeler with its minimap and its words in Chinese; the sheets of diagram and model are the viewer's."""
    home = home_of("bpmn-edit", "bpmn-js")
    bundle(work, modules, EDITOR_ENTRY, home / "bpmn-edit.js")
    (home / "bpmn-edit.js").write_text(
        without_inline_styles((home / "bpmn-edit.js").read_text(encoding="utf-8")), encoding="utf-8"
    )
    copy_text(modules / "diagram-js-minimap" / "assets" / "diagram-js-minimap.css", home / "diagram-js-minimap.css")
    fonts = modules / "bpmn-js" / "dist" / "assets" / "bpmn-font"
    (home / "font").mkdir()
    shutil.copy(fonts / "font" / "bpmn.woff2", home / "font" / "bpmn.woff2")
    sheet = re.sub(r"@font-face\s*{.*?}", FONT_FACE, (fonts / "css" / "bpmn.css").read_text(), count=1, flags=re.DOTALL)
    (home / "bpmn-font.css").write_text(sheet)
    copy_licence(modules / "bpmn-js", home)


def vendor_viewer(work: Path, modules: Path) -> None:
    package, home = modules / "bpmn-js", home_of("bpmn-view", "bpmn-js")
    bundle(work, modules, VIEWER_ENTRY, home / "bpmn-view.js")
    assets = package / "dist" / "assets"
    for sheet in ("diagram-js.css", "bpmn-js.css"):
        copy_text(assets / sheet, home / sheet)
    copy_licence(package, home)


def vendor_tabler(modules: Path) -> None:
    package, home = modules / "@tabler" / "core", home_of("tabler", "@tabler/core")
    copy_text(package / "dist" / "css" / "tabler.min.css", home / "tabler.min.css")
    copy_text(package / "dist" / "js" / "tabler.min.js", home / "tabler.min.js")
    copy_licence(package, home)


def vendor_htmx(modules: Path) -> None:
    home = home_of("htmx", "htmx.org")
    copy_text(modules / "htmx.org" / "dist" / "htmx.min.js", home / "htmx.min.js")
    copy_licence(modules / "htmx.org", home)
    home = home_of("idiomorph", "idiomorph")
    copy_text(modules / "idiomorph" / "dist" / "idiomorph-ext.min.js", home / "idiomorph-ext.min.js")
    copy_licence(modules / "idiomorph", home)


def vendor_icons(modules: Path) -> None:
    """One sprite of the icons named above; a page shows one with <use href="…/icons.svg#name">."""
    package, home = modules / "lucide-static", home_of("lucide", "lucide-static")
    symbols = []
    for name in sorted(set(ICONS.split())):
        path = package / "icons" / f"{name}.svg"
        if not path.exists():
            sys.exit(f"lucide has no icon called {name}")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
        body = " ".join(inner.group(1).split()) if inner else ""
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
            f' stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
        )
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (home / "icons.svg").write_text(sprite, encoding="utf-8")
    copy_licence(package, home)


if __name__ == "__main__":
    sys.exit(main())
