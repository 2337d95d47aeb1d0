// The looks in which a screen is judged: both sizes that it is made for, light and dark, long words and right to left.
export const FACES = (['light', 'dark'] as const).flatMap((theme) =>
  (['en', 'de', 'ar'] as const).map((lang) => ({
    lang,
    theme,
    ...(theme === 'light' ? { width: 1024, height: 768 } : { width: 800, height: 1280 }),
  })),
);
