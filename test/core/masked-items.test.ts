import { expect, test } from 'vitest';
import { Value } from '../../core/src/yaml/value.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';

const list = (between: string) => `items:
  - name: first
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
${between}  - name: second
    {{- with .Values.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
kind: List
`;

test.each(['', '  # of the second\n', '# of the second\n', '\n  # of\n  # the second\n'])(
  'an item keeps its own template text behind %j',
  (between) => {
    const items = Value.root(parseDocument(list(between)).root)
      .at('items')
      .items();
    expect(items.map((item) => item.at('resources').unknown)).toEqual([true, true]);
  },
);
