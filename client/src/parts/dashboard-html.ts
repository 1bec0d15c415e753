/** The page of the dashboard: nothing may run or load but the two files named in it. */

export interface PageParts {
  /** Source expression of the panel's own files. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  readonly nonce: string;
  readonly title: string;
  readonly language: string;
}

/** The page; every part is escaped, and the policy allows no inline script or style and no connection. */
export function dashboardHtml(parts: PageParts): string {
  const policy = [
    "default-src 'none'",
    `img-src ${parts.cspSource} data:`,
    `font-src ${parts.cspSource}`,
    `style-src ${parts.cspSource}`,
    `script-src 'nonce-${parts.nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escape(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escape(parts.style)}">
<title>${escape(parts.title)}</title>
</head>
<body>
<div id="root"></div>
<script nonce="${escape(parts.nonce)}" src="${escape(parts.script)}"></script>
</body>
</html>
`;
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
