/**
 * Keeps one websocket open and resumes it where it stopped.
 *
 * `address(after)` builds the path from the last mark seen; `onFrame(frame)` returns the new mark or undefined.
 * `onLink("online" | "offline" | "refused")` tells the page. Close codes 4400-4499 mean that trying again is useless.
 */
export const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 30000;
export const SILENCE_MS = 40000;

export function pauseMs(failures, random = Math.random) {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(pause * (0.7 + 0.6 * random()));
}

export function isFinal(code) {
  return code >= 4400 && code < 4500;
}

export function keepSocket({ address, after, onFrame, onLink = () => {}, Socket = globalThis.WebSocket, later = setTimeout, cancel = clearTimeout, random = Math.random }) {
  const state = { after, failures: 0, stopped: false, socket: null, watch: null, retry: null };

  const guard = () => {
    cancel(state.watch);
    state.watch = later(() => state.socket?.close(), SILENCE_MS);
  };

  const open = () => {
    if (state.stopped) return;
    const socket = new Socket(address(state.after));
    state.socket = socket;
    guard();
    socket.onopen = () => onLink("online");
    socket.onmessage = ({ data }) => {
      guard();
      state.failures = 0;
      onLink("online");
      const mark = onFrame(JSON.parse(data));
      if (mark !== undefined) state.after = mark;
    };
    socket.onclose = ({ code }) => {
      cancel(state.watch);
      if (state.stopped) return;
      if (isFinal(code)) {
        state.stopped = true;
        onLink("refused", code);
        return;
      }
      state.failures += 1;
      onLink("offline");
      state.retry = later(open, pauseMs(state.failures, random));
    };
  };

  open();
  return {
    get after() {
      return state.after;
    },
    send(text) {
      if (state.socket?.readyState === 1) state.socket.send(text);
    },
    again() {
      if (state.stopped || state.socket?.readyState <= 1) return;
      cancel(state.retry);
      open();
    },
    restart() {
      state.socket?.close();
    },
    stop() {
      state.stopped = true;
      cancel(state.watch);
      cancel(state.retry);
      state.socket?.close();
    },
  };
}

export function socketAddress(path, place = globalThis.location) {
  return `${place.protocol === "https:" ? "wss:" : "ws:"}//${place.host}${path}`;
}
