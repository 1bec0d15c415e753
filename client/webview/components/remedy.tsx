/** From the incident to the manifest: the line that allowed it, the rule that says so, and its fixes. */
import type { JSX } from 'preact';
import type { IncidentRow } from '../../../core/src/live/view.ts';
import type { Remedy } from '../../../core/src/protocol.ts';
import { useApp, useLanguage } from '../context.ts';
import { refName } from '../rows.ts';
import { isEnded } from '../state.ts';
import { Icon } from './icon.tsx';

/** The remedy of an incident, in whichever state of being found it is. */
export function RemedyBox(props: { readonly incident: IncidentRow }): JSX.Element {
  const { state } = useApp();
  const { t } = useLanguage();
  const remedy = state.remedies[props.incident.id];
  return (
    <div class="remedy" data-testid="remedy">
      <h3>{t(remedy?.location === undefined || remedy.rule !== undefined ? 'ui.remedy' : 'ui.remedy.manifest')}</h3>
      {remedy === undefined ? (
        <p class="muted">{t('ui.remedy.loading')}</p>
      ) : remedy.location === undefined ? (
        <p class="muted">{t('ui.remedy.absent', { workload: refName(props.incident.workload) })}</p>
      ) : (
        <Found remedy={remedy} over={isEnded(props.incident)} />
      )}
    </div>
  );
}

/** What is left to do about a manifest that was fixed. */
function Fixed(props: { readonly unsaved: boolean; readonly over: boolean }): JSX.Element {
  const { t } = useLanguage();
  return (
    <p class="fixed" data-testid="fixed">
      <Icon name="check" />
      <span>
        {t(props.unsaved ? 'ui.remedy.fixedUnsaved' : props.over ? 'ui.remedy.fixed' : 'ui.remedy.fixedSaved')}
      </span>
    </p>
  );
}

function Found(props: { readonly remedy: Remedy; readonly over: boolean }): JSX.Element {
  const { post } = useApp();
  const { t } = useLanguage();
  const { remedy } = props;
  const open = (): void => post({ type: 'openManifest', incident: remedy.incident });
  return (
    <>
      <button class="link place" data-testid="place" onClick={open}>
        <Icon name="file" size={14} />
        {placeOf(remedy)}
      </button>
      {remedy.fixed === true ? (
        <Fixed unsaved={remedy.unsaved === true} over={props.over} />
      ) : remedy.message === undefined ? (
        <p class="muted">{t('ui.remedy.noRule')}</p>
      ) : (
        <p>
          {remedy.message} {remedy.rule !== undefined && <code class="rule">{remedy.rule}</code>}
        </p>
      )}
      <div class="buttons">
        {remedy.fixes.map((fix, index) => (
          <button
            class={index === 0 ? 'primary' : 'secondary'}
            data-testid="apply-fix"
            onClick={() => post({ type: 'applyFix', incident: remedy.incident, fix: index })}
          >
            <Icon name="wand" size={14} />
            {t('ui.remedy.apply', { title: fix.title })}
            {fix.kind !== 'safe' && <span class="tag">{t(`ui.remedy.kind.${fix.kind}`)}</span>}
          </button>
        ))}
        <button class={remedy.fixes.length === 0 ? 'primary' : 'secondary'} data-testid="open-manifest" onClick={open}>
          <Icon name="file" size={14} />
          {t(remedy.rule === undefined ? 'ui.remedy.openManifest' : 'ui.remedy.open')}
        </button>
      </div>
    </>
  );
}

/** `folder/file.yaml:12`, with no more of the path than tells files of one name apart. */
export function placeOf(remedy: Remedy): string {
  if (remedy.location === undefined) return '';
  const path = decodeURIComponent(remedy.location.uri.replace(/[?#].*$/, ''));
  return `${path.split('/').slice(-2).join('/')}:${remedy.location.range.start.line + 1}`;
}
