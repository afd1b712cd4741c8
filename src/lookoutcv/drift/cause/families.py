"""The families of causes: what happened, and what to check."""

from __future__ import annotations

from dataclasses import dataclass

# No family explains the shift.
UNCLEAR = "unclear"


@dataclass(frozen=True)
class Family:
    """A family of causes: a short name, what happened, and what to check."""

    name: str
    what: str
    check: str


FAMILIES = {
    "sharpness": Family(
        "lost sharpness",
        "defocus or motion blur, or images that were enlarged, zoomed into or turned",
        "Check focus, a dirty or loose lens, what shakes or moves faster, and whether images are now scaled, cropped "
        "or rotated before they arrive.",
    ),
    "noise": Family(
        "noise",
        "noise: the sensor amplifies more, or exposes shorter",
        "Check the light, the gain or ISO setting, the exposure time and the sensor's temperature.",
    ),
    "jpeg": Family(
        "JPEG compression",
        "stronger JPEG compression",
        "Check the quality setting of the camera, and whatever stores, forwards or re-encodes the images.",
    ),
    "haze": Family(
        "haze",
        "haze: fog, steam, dust, a misted or dirty lens, or stray light",
        "Clean the lens or its window, and look for steam, dust and light that shines into the lens.",
    ),
    "contrast": Family(
        "lost contrast",
        "lower contrast",
        "Check the camera's contrast and gamma settings, flat or diffuse light, and changed image processing.",
    ),
    "dark": Family(
        "darkness",
        "too little light or too short an exposure",
        "Check the lamps, the exposure time and aperture, and whether something covers the lens or the light.",
    ),
    "bright": Family(
        "overexposure",
        "too much light or too long an exposure",
        "Check the exposure time and gain, new lamps, and sun or reflections in the view.",
    ),
    "colour_cast": Family(
        "a colour cast",
        "a colour cast: another white balance or other lamps",
        "Check the white balance, the lamps and filters, and the order of the colour channels.",
    ),
}
