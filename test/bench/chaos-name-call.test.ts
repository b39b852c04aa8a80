import { describe, expect, it } from 'vitest';
import { nameCall, readBlobPath, type Service } from '../../bench/chaos/name-call.ts';

const ID = '0123456789abcdef0123456789abcdef';

describe('the name of a call', () => {
  it.each<[Service, string, string, string]>([
    ['defender', 'POST', '/api/machines/1e5bc9d7/runliveresponse', 'start'],
    ['defender', 'GET', '/api/machines/1e5bc9d7', 'other'],
    ['defender', 'POST', '/api/libraryfiles', 'upload'],
    ['defender', 'GET', '/api/libraryfiles', 'other'],
    ['defender', 'GET', '/api/machineactions?$filter=id', 'list actions'],
    ['defender', 'GET', '/api/machineactions/5382f7ea/GetLiveResponseResultDownloadLink(index=0)', 'link'],
    ['defender', 'POST', '/api/machineactions/5382f7ea/cancel', 'other'],
    ['blob', 'PUT', `/devstoreaccount1/evidence/${ID}/bagit.txt`, 'text'],
    ['blob', 'PUT', `/devstoreaccount1/evidence/${ID}/data/0-1-getfile/content?comp=block&blockid=MDE%3D`, 'block'],
    ['blob', 'PUT', `/devstoreaccount1/evidence/${ID}/data/0-1-getfile/content?comp=blocklist`, 'commit'],
    ['blob', 'GET', `/devstoreaccount1/evidence/${ID}/bagit.txt`, 'other'],
    ['blob', 'PUT', '/devstoreaccount1/evidence?restype=container', 'other'],
    ['blob', 'PUT', `/devstoreaccount1/custody/${ID}/12.json`, 'custody line'],
    ['blob', 'PUT', `/devstoreaccount1/tickets/${ID}/0-0-1.json`, 'ticket'],
    ['blob', 'DELETE', `/devstoreaccount1/tickets/${ID}/0-0-1.json`, 'ticket done'],
    ['blob', 'PUT', '/devstoreaccount1/azure-webjobs-hosts/blobreceipts/local/copy-result/00', 'other'],
    ['table', 'POST', '/devstoreaccount1/$batch', 'save'],
    ['table', 'POST', '/devstoreaccount1/collector', 'insert'],
    ['table', 'POST', '/devstoreaccount1/Tables', 'other'],
    ['table', 'PUT', "/devstoreaccount1/collector(PartitionKey='quota',RowKey='live%20response')", 'quota'],
    ['table', 'PUT', "/devstoreaccount1/collector(PartitionKey='quota',RowKey='machineactions')", 'other'],
    ['table', 'GET', "/devstoreaccount1/collector(PartitionKey='quota',RowKey='live%20response')", 'other'],
    ['table', 'PUT', "/devstoreaccount1/collector(PartitionKey='lane',RowKey='1e5bc9d7')", 'lane'],
    ['table', 'DELETE', `/devstoreaccount1/collector(PartitionKey='open',RowKey='${ID}')`, 'index'],
    ['table', 'PUT', "/devstoreaccount1/collector(PartitionKey='heartbeat',RowKey='poll')", 'other'],
  ])('of %s, %s %s, is "%s"', (service, method, url, name) => {
    const [path = '', query = ''] = url.split(/\?(.*)/s);
    expect(nameCall({ service, method, path, query })).toBe(name);
  });

  it('a blob is known by its container and its decoded name', () => {
    expect(readBlobPath(`/devstoreaccount1/evidence/${ID}%2Fa%20b`)).toBe(`evidence/${ID}/a b`);
    expect(readBlobPath('/devstoreaccount1/evidence')).toBeNull();
  });
});
