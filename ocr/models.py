"""Fetch PaddleOCR's larger models where there is internet: `make models`, `python -m ocr.models`."""

from __future__ import annotations

import sys

from ocr.engine import download_models


def main() -> int:
    """Downloads into the cache, where the engine finds them from then on; 1 when there is no way out."""
    try:
        folder = download_models()
    except Exception as error:  # noqa: BLE001 - the downloader's errors are many, the advice is one
        sys.stderr.write(f"没有下载成功：{error}\n请检查网络；不下载也可以使用，程序自带较小的模型。\n")
        return 1
    sys.stdout.write(f"模型已保存到 {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
