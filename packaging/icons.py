"""Renders the icon in every form that a system asks for, out of the one drawing: `icons.py FOLDER`.

PNG files for the hicolor theme (freedesktop.org, Icon Theme Specification), one .ico for Windows, one .icns for macOS.
"""

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parent.parent / "resources" / "icons" / "claudetray.svg"
HICOLOR = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO = (16, 20, 24, 32, 40, 48, 64, 256)
ICNS = 1024  # Pillow makes the smaller ones of it


def rendered(size: int) -> Image.Image:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(BytesIO(buffer.data().data()))


def main(folder: Path) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for size in HICOLOR:
        rendered(size).save(folder / f"{size}.png")
    rendered(max(ICO)).save(
        folder / "claudetray.ico", sizes=[(size, size) for size in ICO], append_images=[rendered(s) for s in ICO]
    )
    rendered(ICNS).save(folder / "claudetray.icns")
    del application


if __name__ == "__main__":
    main(Path(sys.argv[1]))
