"""A phone's picture of a sheet: curled on a desk, seen askew, in uneven light."""

from __future__ import annotations

import cv2
import numpy as np

from tests.press.chance import between, pick, share
from tests.press.paper import clouds
from tests.press.shot import Picture, Points, Rng, noise, turned


def photo(page: np.ndarray, dpi: float, rng: Rng) -> Picture:
    """A phone picture: the sheet lies curled on a desk, seen askew, in uneven light."""
    height, width = page.shape[:2]
    out_h = int(rng.integers(2300, 3100))
    out_w = round(out_h * 0.75)
    if width > height:
        out_h, out_w = out_w, out_h
    quad = _view(rng, width, height, out_w, out_h)
    matrix = cv2.getPerspectiveTransform(
        np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), quad
    )
    curl = Curl(rng, width, height)
    picture = seen_from(page, matrix, curl, (out_h, out_w), rng)
    picture *= lamp(rng, (out_h, out_w))[..., None]
    picture *= np.array([1, 1, 1]) + np.array([1, 0.2, -1]) * rng.normal(0, 0.025)
    picture = lens(picture, rng)
    corners = cv2.perspectiveTransform(
        curl.forward(np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32))[None], matrix
    )[0]
    corners = corners / np.array([out_w, out_h])
    turn = pick(rng, (0, 0, 0, 0, 90, 180, 270))
    return turned(picture, corners, turn, int(rng.integers(68, 92)), 0, exif=share(rng, 0.35))


class Curl:
    """A page that does not lie flat: it sags between its sides, or lifts along a fold."""

    def __init__(self, rng: Rng, width: int, height: int) -> None:
        self.size = np.array([width, height], np.float32)
        self.sag = rng.normal(0, 0.008) * height
        self.lift = rng.normal(0, 0.006) * width
        self.phase = between(rng, 0.6, 1.4)
        self.fold = between(rng, 0.3, 0.7) if share(rng, 0.3) else -1.0

    def forward(self, points: Points) -> Points:
        """Paper points → where they lie on the desk, seen from above."""
        u = points / self.size
        moved = points.copy()
        moved[:, 1] += self.sag * np.clip(np.sin(np.pi * u[:, 0]), 0, 1) ** self.phase
        moved[:, 0] += self.lift * np.sin(np.pi * u[:, 1])
        return moved

    def backward(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The inverse of `forward` by a few fixed-point steps; x, y are changed copies."""
        px, py = x, y
        for _ in range(3):
            u, v = np.clip(px / self.size[0], 0, 1), np.clip(py / self.size[1], 0, 1)
            px = x - self.lift * np.sin(np.pi * v)
            py = y - self.sag * np.clip(np.sin(np.pi * u), 0, 1) ** self.phase
        return px, py

    def shade(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Light lost or won on the slopes of the page."""
        u = np.clip(x / self.size[0], 0, 1)
        shade = 1 + np.cos(np.pi * u) * self.sag / self.size[1] * 6
        if self.fold > 0:
            v = y / self.size[1] - self.fold
            shade = shade * (1 - 0.06 * np.exp(-((v / 0.004) ** 2)) + 0.035 * np.tanh(v / 0.02))
        return shade.astype(np.float32)


def _view(rng: Rng, width: int, height: int, out_w: int, out_h: int) -> np.ndarray:
    """The four corners of the sheet in the picture: turned a little, nearer at one side."""
    fill = between(rng, 0.84, 0.96)
    scale = min(out_w / width, out_h / height) * fill
    half = np.array([width, height]) * scale / 2
    quad = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * half
    tilt = np.radians(rng.normal(0, 2.2))
    quad = quad @ np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    far_y, far_x = rng.normal(0, 0.035, 2)
    quad *= 1 + far_y * np.sign(quad[:, 1:]) + far_x * np.sign(quad[:, :1])
    quad += rng.normal(0, 0.006, (4, 2)) * half
    reach = np.abs(quad).max(0) / np.array([out_w / 2, out_h / 2])
    quad /= max(1.0, float(reach.max()) / 0.985)
    slack = np.array([out_w, out_h]) / 2 - np.abs(quad).max(0)
    return (quad + np.array([out_w, out_h]) / 2 + slack * rng.uniform(-0.8, 0.8, 2)).astype(np.float32)


def seen_from(
    page: np.ndarray, matrix: np.ndarray, curl: Curl, shape: tuple[int, int], rng: Rng
) -> np.ndarray:
    """The sheet on a desk; `matrix` takes its pixels to those of the picture of `shape`."""
    seen, cover, edge = alone(page, matrix, curl, shape)
    return seen * cover + desk(shape, rng, edge) * (1 - cover)


def alone(
    page: np.ndarray, matrix: np.ndarray, curl: Curl, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sheet as seen, how much of each pixel it covers, and the distance inward from its edge."""
    height, width = page.shape[:2]
    cols, rows = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    back = np.linalg.inv(matrix).astype(np.float32)
    depth = back[2, 0] * cols + back[2, 1] * rows + back[2, 2]
    x = (back[0, 0] * cols + back[0, 1] * rows + back[0, 2]) / depth
    y = (back[1, 0] * cols + back[1, 1] * rows + back[1, 2]) / depth
    x, y = curl.backward(x, y)
    seen = cv2.remap(page, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen *= curl.shade(x, y)[..., None]
    edge = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y))
    return seen, np.clip(edge + 0.5, 0, 1)[..., None], edge


def desk(shape: tuple[int, int], rng: Rng, edge: np.ndarray) -> np.ndarray:
    """What lies under the sheet: dark or wooden board, cloth, with the sheet's own shadow."""
    kind = pick(rng, ("dark", "wood", "wood", "grey", "red"))
    base = {
        "dark": (0.16, 0.16, 0.17),
        "wood": (0.55, 0.38, 0.24),
        "grey": (0.5, 0.5, 0.52),
        "red": (0.42, 0.14, 0.12),
    }[kind]
    texture = 0.05 * clouds(rng, shape, 300)
    if kind == "wood":
        long = clouds(rng, (shape[0] // 12, shape[1]), 9)
        texture = texture + 0.07 * cv2.resize(long, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    shadow = 1 - 0.45 * np.exp(np.clip(edge, -400, 0) / between(rng, 10, 40))
    return (np.array(base, np.float32) * ((1 + texture) * shadow)[..., None]).astype(np.float32)


def lamp(rng: Rng, shape: tuple[int, int]) -> np.ndarray:
    """Brightness over the picture: a lamp to one side, corners darker, at times a cast shadow."""
    rows, cols = np.mgrid[-1 : 1 : complex(shape[0]), -1 : 1 : complex(shape[1])].astype(np.float32)
    turn = between(rng, 0, 2 * np.pi)
    along = cols * np.cos(turn) + rows * np.sin(turn)
    light = 1 + along * between(rng, 0.04, 0.22) - between(rng, 0.02, 0.09) * (cols**2 + rows**2)
    if share(rng, 0.4):  # the hand or head of whoever takes the picture
        side = cols * np.cos(turn + 1) + rows * np.sin(turn + 1) + 0.25 * np.sin(3 * along)
        light = light * (1 - between(rng, 0.12, 0.35) / (1 + np.exp((side + between(rng, 0.1, 0.7)) / 0.06)))
    return light * between(rng, 0.78, 0.98)


def lens(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Slight blur of focus or motion, camera noise."""
    if share(rng, 0.5):
        length = int(rng.integers(3, 6))
        kernel = np.zeros((length, length), np.float32)
        turn = between(rng, 0, np.pi)
        offset = np.array([np.cos(turn), np.sin(turn)]) * (length - 1) / 2
        middle = (length - 1) / 2
        ends = [tuple(int(round(v)) for v in middle + sign * offset) for sign in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
    picture = cv2.GaussianBlur(picture, (0, 0), between(rng, 0.5, 1.1))
    grain = cv2.GaussianBlur(noise(rng, picture.shape, 1.0), (0, 0), 0.8)
    return picture + grain * between(rng, 0.008, 0.03)
