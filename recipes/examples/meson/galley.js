// Meson, and the ninja that it drives for people who call it by hand.
export const packages = ['galley.meson@r1', 'galley.ninja@r1'];
