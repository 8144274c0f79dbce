#!/usr/bin/env python3
"""Puts the files the program carries with it (views, brands, migrations, translations, web assets) into one blob and writes
the C table that finds them: see src/base/embedded.h.

Web assets get an immutable name with the first 8 hex digits of their SHA-256, a gzip'd twin where that is smaller, and their
url() references rewritten to those names. icons.css is made from the Bootstrap Icons that assets/icons.txt lists and the views
name, each an SVG mask in the colour of the text. The result depends on the inputs alone."""

import argparse
import gzip
import hashlib
import json
import pathlib
import re
import subprocess
import sys

FOLDERS = {"views": {".html", ".txt", ".subject"}, "brands": {".yaml", ".txt", ".html", ".subject", ".svg", ".png"}, "sql": {".sql"}, "docs": {".json"}}
EXAMPLES = "test/data/views"  # of mails: what the desk's previews show, plainly invented
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
COMPRESSED = {".png", ".woff2"}


def stop(message):
    sys.exit(f"embed: {message}")


class Inputs:
    """Reads files and folders, and remembers each for the depfile."""

    def __init__(self, source):
        self.source = source
        self.seen = set()

    def bytes(self, path):
        self.seen.add(path)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            hint = " (run npm ci)" if "node_modules" in path.parts else ""
            stop(f"{path.relative_to(self.source)} is missing{hint}")

    def folder(self, path, suffixes):
        """All files below, a folder's own change being a change too; what editors leave behind is left out."""
        if not path.is_dir():
            return
        self.seen.add(path)
        for entry in sorted(path.iterdir()):
            if entry.name.startswith((".", "#")) or entry.name.endswith("~"):
                continue
            if entry.is_dir():
                yield from self.folder(entry, suffixes)
            elif entry.suffix in suffixes:
                yield entry


def translations(inputs):
    for po in inputs.folder(inputs.source / "po", {".po"}):
        inputs.bytes(po)
        made = subprocess.run(["msgfmt", "--check", "-o", "-", str(po)], capture_output=True)
        if made.returncode != 0:
            stop(made.stderr.decode().strip())
        yield f"po/{po.stem}.mo", made.stdout


def icon_names(inputs):
    """The icons listed, and those the views name outright. A name built in a template must be listed."""
    names = set()
    listed = inputs.source / "assets" / "icons.txt"
    if listed.exists():
        names.update(word for line in inputs.bytes(listed).decode().splitlines() for word in line.partition("#")[0].split())
    for view in inputs.folder(inputs.source / "views", {".html"}):
        names.update(re.findall(r"\bbi bi-([a-z0-9]+(?:-[a-z0-9]+)*)(?=[\"' ])", inputs.bytes(view).decode()))
    return sorted(names)


def icons_css(inputs):
    package = inputs.source / "node_modules" / "bootstrap-icons"
    version = json.loads(inputs.bytes(package / "package.json"))["version"]
    rules = [
        f"/*! Bootstrap Icons {version} (https://icons.getbootstrap.com), MIT licence, The Bootstrap Authors */",
        '.bi::before{content:"";display:inline-block;width:1em;height:1em;vertical-align:-.125em;background:currentColor;'
        "-webkit-mask:var(--icon) center/contain no-repeat;mask:var(--icon) center/contain no-repeat;"
        "-webkit-print-color-adjust:exact;print-color-adjust:exact}",
        "@media(forced-colors:active){.bi::before{background:CanvasText}}",
    ]
    for name in icon_names(inputs):
        if not (package / "icons" / f"{name}.svg").exists():
            stop(f"there is no Bootstrap icon «{name}»")
        svg = inputs.bytes(package / "icons" / f"{name}.svg").decode()
        inner = re.sub(r">\s+<", "><", re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S).group(1).strip())
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{inner}</svg>'.replace('"', "'")
        for sign, code in (("%", "%25"), ("#", "%23"), ("<", "%3C"), (">", "%3E")):
            svg = svg.replace(sign, code)
        rules.append(f'.bi-{name}::before{{--icon:url("data:image/svg+xml,{svg}")}}')
    return "\n".join(rules).encode() + b"\n"


class Asset:
    def __init__(self, plain, data):
        path = pathlib.PurePath(plain)
        self.plain, self.data, self.type = plain, data, TYPES[path.suffix]
        self.name = f"{path.stem}.{hashlib.sha256(data).hexdigest()[:8]}{path.suffix}"
        packed = gzip.compress(data, 9, mtime=0)
        worth_it = path.suffix not in COMPRESSED and len(packed) < len(data)
        self.gzip = packed if worth_it else None


def rewrite_urls(plain, text, assets):
    def replace(match):
        target = match.group(2)
        if target.startswith(("data:", "#")):
            return match.group(0)
        name = target.partition("?")[0].partition("#")[0].rpartition("/")[2]
        if "://" in target or name not in assets:
            stop(f"{plain} refers to {target}, which is not embedded")
        return f"url({match.group(1)}{assets[name].name}{match.group(1)})"

    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    return re.sub(r"url\(\s*([\"']?)(?!data:)([^\"')]+)\1\s*\)", replace, text)


def web_assets(inputs, extra):
    sources = {}
    for path in list(inputs.folder(inputs.source / "assets", TYPES.keys())) + [inputs.source / e for e in extra]:
        if path.name in sources:
            stop(f"two assets are called {path.name}")
        sources[path.name] = inputs.bytes(path)
    sources["icons.css"] = icons_css(inputs)
    assets = {name: Asset(name, data) for name, data in sources.items() if not name.endswith(".css")}
    styles = {name: rewrite_urls(name, data.decode(), assets) for name, data in sources.items() if name.endswith(".css")}
    assets.update({name: Asset(name, text.encode()) for name, text in styles.items()})
    return [assets[name] for name in sorted(assets)]


class Blob:
    def __init__(self):
        self.data = bytearray()

    def add(self, data):
        """Where it begins; NUL follows it."""
        self.data += bytes(-len(self.data) % 16)
        at = len(self.data)
        self.data += data + b"\0"
        return at


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def c_source(files, assets, blob, blob_path):
    file_rows, asset_rows = [], []
    for name, data in sorted(files.items(), key=lambda item: item[0].encode()):
        file_rows.append(f"    {{{quoted(name)}, embedded_blob + {blob.add(data)}, {len(data)}}},")
    for a in assets:
        at = blob.add(a.data)
        packed = f"embedded_blob + {blob.add(a.gzip)}, {len(a.gzip)}" if a.gzip else "NULL, 0"
        asset_rows.append(
            f'    {{{quoted(a.plain)}, {quoted("/static/" + a.name)}, {quoted(a.type)}, '
            f"embedded_blob + {at}, {len(a.data)}, {packed}}},"
        )
    digest = hashlib.sha256(blob.data).hexdigest()
    return "\n".join(
        [
            f"/* Made by tools/embed.py; the blob's SHA-256 is {digest}. */",
            '#include "base/embedded.h"',
            "#include <stddef.h>",
            "",
            '__asm__(".pushsection .rodata\\n"',
            '        ".balign 16\\n"',
            '        ".globl embedded_blob\\n"',
            '        ".hidden embedded_blob\\n"',
            '        ".type embedded_blob, @object\\n"',
            '        "embedded_blob:\\n"',
            f'        ".incbin \\{quoted(str(blob_path))[:-1]}\\"\\n"',
            '        ".size embedded_blob, . - embedded_blob\\n"',
            '        ".popsection\\n");',
            'extern const char embedded_blob[] __attribute__((visibility("hidden")));',
            "",
            "const struct embedded_file embedded_files[] = {",
            *file_rows,
            "    {NULL, NULL, 0}};",
            f"const size_t embedded_file_count = {len(file_rows)};",
            "",
            "const struct embedded_asset embedded_assets[] = {",
            *asset_rows,
            "    {NULL, NULL, NULL, NULL, 0, NULL, 0}};",
            "",
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True, help="the repository")
    parser.add_argument("--asset", action="append", default=[], help="one more web asset, below --source")
    parser.add_argument("--c", type=pathlib.Path, required=True)
    parser.add_argument("--blob", type=pathlib.Path, required=True)
    parser.add_argument("--depfile", type=pathlib.Path, required=True)
    args = parser.parse_args()

    inputs = Inputs(args.source.resolve())
    files = dict(translations(inputs))
    for folder, suffixes in FOLDERS.items():
        for path in inputs.folder(inputs.source / folder, suffixes):
            files[path.relative_to(inputs.source).as_posix()] = inputs.bytes(path)
    for path in inputs.folder(inputs.source / EXAMPLES, {".json"}):
        if path.name == "common.json" or path.name.startswith("mail."):
            files[f"examples/{path.name}"] = inputs.bytes(path)
    blob = Blob()
    source = c_source(files, web_assets(inputs, args.asset), blob, args.blob.resolve())
    args.blob.write_bytes(blob.data)
    args.c.write_text(source)
    seen = " ".join(str(path).replace(" ", "\\ ") for path in sorted(inputs.seen))
    args.depfile.write_text(f"{args.c}: {seen}\n")


main()
