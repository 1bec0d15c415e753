/** Floor of activation: the library that any extension with a language server loads. */
export { LanguageClient } from 'vscode-languageclient/node';
