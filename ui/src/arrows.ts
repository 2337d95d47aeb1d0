// The arrows between radio buttons, where the page runs from right to left.

/**
 * Makes the left arrow go on and the right arrow go back where what is chosen from runs from right to left: WebKit takes
 * them the other way round there. At the ends nothing happens, as in the direction that it knows.
 */
export function mirrorArrows(): void {
  document.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    const radio = event.target;
    if (way === undefined || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!(radio instanceof HTMLInputElement) || radio.type !== 'radio') return;
    if (getComputedStyle(radio).direction !== 'rtl') return;
    event.preventDefault();
    const all = [...document.querySelectorAll<HTMLInputElement>('input[type=radio]:enabled')];
    const group = all.filter((one) => one.name === radio.name && one.form === radio.form);
    const next = group[group.indexOf(radio) + way];
    next?.focus();
    next?.click();
  });
}
