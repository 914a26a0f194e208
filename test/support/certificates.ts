import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Makes, with openssl, an authority `ca.pem`, and `server.pem` and `client.pem` with their keys in `*.key`. */
export function makeCertificates(directory: string): void {
  const openssl = (...command: readonly string[]) =>
    execFileSync('openssl', command, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '3650',
    '-subj',
    '/CN=test-authority',
  );
  writeFileSync(path.join(directory, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const issue = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3650', '-extfile', 'names'];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...issue);
  }
}

/** Kafka takes the key and the certificate from one file. */
export function keyAndCertificate(directory: string, name: string): string {
  const file = path.join(directory, `${name}-both.pem`);
  copyFileSync(path.join(directory, `${name}.key`), file);
  appendFileSync(file, execFileSync('openssl', ['x509', '-in', `${name}.pem`], { cwd: directory }));
  return file;
}

export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
