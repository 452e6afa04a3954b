/**
 * Light, dark, or as the system has it. Nothing is stored: a file on disk shares its storage with every other.
 */
import { find } from './elements.ts';

const themes = ['auto', 'light', 'dark'] as const;

export function startTheme(): void {
  const button = find<HTMLButtonElement>('theme');
  let at = 0;
  button.addEventListener('click', () => {
    at = (at + 1) % themes.length;
    const theme = themes[at] ?? 'auto';
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Colours: ${theme}`;
  });
}
