/** Does what a person does first in the demo: connect to the cluster of KUBECONFIG, open the view and the dashboard. */
const vscode = require('vscode');

exports.activate = async () => {
  const kubeconfig = process.env.KUBECONFIG;
  const selfheal = vscode.extensions.getExtension('selfheal.selfheal');
  if (!kubeconfig || !selfheal) return;
  await selfheal.activate();
  await vscode.commands.executeCommand('selfheal.connect', { kubeconfig });
  await vscode.commands.executeCommand('selfheal.health.focus');
  await vscode.commands.executeCommand('selfheal.openDashboard');
};
