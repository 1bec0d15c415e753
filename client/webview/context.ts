/** What every component may use: state, texts, a way to act and a clock. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { formatDuration } from '../../core/src/elapsed.ts';
import type { Message } from '../../core/src/live/view.ts';
import { text } from '../../core/src/messages.ts';
import type { FromDashboard } from '../../core/src/protocol.ts';
import { phrase } from './plural.ts';
import type { Action, AppState } from './state.ts';

export interface App {
  readonly state: AppState;
  readonly dispatch: (action: Action) => void;
  readonly post: (message: FromDashboard) => void;
}

export const AppContext = createContext<App | undefined>(undefined);

/** The app around a component. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('No app around this component');
  return app;
}

/** Texts and formats in the user's language. */
export interface Language {
  readonly t: (id: string, data?: Readonly<Record<string, string | number>>) => string;
  readonly message: (message: Message) => string;
  readonly duration: (seconds: number) => string;
  readonly clock: (at: number) => string;
}

/** The user's language. */
export function useLanguage(): Language {
  const { texts, locale } = useApp().state;
  const sign = (name: string): string => texts[`unit.${name}`] ?? '';
  const units = { day: sign('day'), hour: sign('hour'), minute: sign('minute'), second: sign('second') };
  return {
    t: (id, data) => phrase(texts, id, data),
    message: (message) => text(texts, message),
    duration: (seconds) => formatDuration(seconds, units),
    clock: (at) => new Date(at).toLocaleTimeString(locale, { hour12: false }),
  };
}

/** Monotonic milliseconds, renewed every second while `running`. */
export function useMonotonic(running: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!running) return undefined;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
