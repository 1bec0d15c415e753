/** Entry of the dashboard: messages in, one state, one drawing, messages out. */
import { render, type JSX } from 'preact';
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { HealthView } from '../../core/src/live/view.ts';
import { parseToDashboard } from '../../core/src/dashboard-messages.ts';
import type { FromDashboard } from '../../core/src/protocol.ts';
import { announcement } from './announce.ts';
import { Dashboard } from './components/app.tsx';
import { AppContext, type App } from './context.ts';
import { initialState, reduce, type Action } from './state.ts';
import './dashboard.css';

interface VsCodeApi {
  postMessage(message: FromDashboard): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();

function post(message: FromDashboard): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this goes to the editor, which has no origin
  vscode.postMessage(message);
}

/** Shortest time between two announcements, in milliseconds. */
const quiet = 5000;

function Root(): JSX.Element {
  const [state, dispatch] = useReducer<ReturnType<typeof initialState>, Action>(
    reduce,
    initialState(vscode.getState()),
  );
  useEffect(() => {
    const listen = (event: MessageEvent): void => {
      const message = parseToDashboard(event.data);
      if (message !== undefined) dispatch({ type: 'message', message, at: performance.now() });
    };
    window.addEventListener('message', listen);
    post({ type: 'ready' });
    return () => window.removeEventListener('message', listen);
  }, []);
  useEffect(() => {
    if (state.gap) post({ type: 'resync' });
  }, [state.gap]);
  useEffect(() => vscode.setState(state.ui), [state.ui]);
  useEffect(() => {
    document.documentElement.lang = state.locale;
  }, [state.locale]);
  const app = useMemo<App>(() => ({ state, dispatch, post }), [state]);
  return (
    <AppContext.Provider value={app}>
      <Dashboard />
      <LiveRegion app={app} />
    </AppContext.Provider>
  );
}

/** The one polite live region; what happens within the quiet time is said as one number afterwards. */
function LiveRegion(props: { readonly app: App }): JSX.Element {
  const [said, setSaid] = useState('');
  const last = useRef<{ view: HealthView | undefined; at: number }>({ view: undefined, at: -quiet });
  const view = props.app.state.health?.view;
  useEffect(() => {
    if (view === undefined) return undefined;
    const speak = (): void => {
      const sentence = announcement(last.current.view, view, props.app.state.texts);
      last.current = { view, at: sentence === undefined ? last.current.at : performance.now() };
      if (sentence !== undefined) setSaid(sentence);
    };
    const wait = last.current.at + quiet - performance.now();
    if (wait <= 0) {
      speak();
      return undefined;
    }
    const timer = setTimeout(speak, wait);
    return () => clearTimeout(timer);
  }, [view]);
  return (
    <div class="sr" role="status" aria-live="polite" data-testid="live-region">
      {said}
    </div>
  );
}

const root = document.getElementById('root');
if (root !== null) render(<Root />, root);
