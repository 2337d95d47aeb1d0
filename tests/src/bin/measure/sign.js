// Waits for the press on "Sign and finish", and for the thank-you screen's first frame.
window.attestaSign = null;
(() => {
  const before = document.querySelector('h1').textContent;
  document.querySelector('[data-testid=sign]').addEventListener('click', () => {
    const start = performance.now();
    const observer = new MutationObserver(() => {
      const now = document.querySelector('h1')?.textContent ?? before;
      if (now === before) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => (window.attestaSign = performance.now() - start);
        channel.port2.postMessage(null);
      });
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
})();
