// A camera of paper: `&camera=there` sees a moving circle, `none`, `refused` and `busy` do not open.
const FAILS: Record<string, string> = {
  none: 'NotFoundError',
  refused: 'NotAllowedError',
  busy: 'NotReadableError',
};

/** What the camera sees, 640 by 480, drawn anew ten times a second. */
function stream(): MediaStream {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 480];
  const pen = canvas.getContext('2d');
  let turn = 0;
  const draw = () => {
    if (!pen) return;
    turn += 0.2;
    pen.fillStyle = '#c9a38c';
    pen.fillRect(0, 0, 640, 480);
    pen.fillStyle = '#a3261b';
    pen.beginPath();
    pen.arc(320 + 40 * Math.cos(turn), 240 + 40 * Math.sin(turn), 90, 0, 7);
    pen.fill();
  };
  draw();
  setInterval(draw, 100);
  const seen = canvas.captureStream(10);
  // How many are on can be seen from outside.
  const count = (by: number) => {
    const { dataset } = document.documentElement;
    dataset['cameras'] = String(Number(dataset['cameras'] ?? 0) + by);
  };
  count(1);
  for (const track of seen.getTracks()) {
    const stop = track.stop.bind(track);
    track.stop = () => {
      stop();
      count(-1);
    };
  }
  return seen;
}

/** Gives the page a camera, or one that does not open; nothing where none is asked for. */
export function giveCamera(which: string | null): void {
  if (!which) return;
  const devices = {
    enumerateDevices: () => Promise.resolve([{ kind: 'videoinput' }]),
    getUserMedia: () => {
      const fails = FAILS[which];
      return fails ? Promise.reject(new DOMException('', fails)) : Promise.resolve(stream());
    },
  };
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
}
