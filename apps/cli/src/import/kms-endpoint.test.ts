import { kmsClient } from './kms-endpoint';

const at = (endpoint?: string, environment = {}) => kmsClient({ endpoint, region: 'us-east-1' }, environment);

it.each([
  'https://kms.example.org',
  'http://127.0.0.1:8080',
  'http://127.8.9.10',
  'http://localhost:8080',
  'http://[::1]:8080',
])('asks %s for a wrapping key', (endpoint) => at(endpoint).destroy());

it.each([
  'http://kms.example.org',
  'http://127.0.0.1.example.org',
  'http://localhost.example.org',
  'http://0.0.0.0:8080',
  'ftp://127.0.0.1',
])('does not believe a wrapping key from %s', (endpoint) => {
  expect(() => at(endpoint)).toThrow('so its wrapping key counts for nothing');
});

it('never asks anybody who was not named', () => {
  expect(() => at()).toThrow('name the service by --endpoint or AWS_ENDPOINT_URL_KMS');
  expect(() => at('kms')).toThrow('the endpoint kms is no URL');
  at(undefined, { AWS_ENDPOINT_URL: 'http://127.0.0.1:8080' }).destroy();
});
