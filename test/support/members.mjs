// Members of an Ordine with right tax codes, as `mailbox import` and rosters have them.
export const taxCode = (start) => {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  const value = (c) => (c >= '0' && c <= '9' ? Number(c) : c.charCodeAt(0) - 65);
  const sum = [...start].reduce((total, c, i) => total + (i % 2 ? value(c) : odd[value(c)]), 0);
  return start + String.fromCharCode(65 + (sum % 26));
};

export const member = (n, more = {}) => ({
  brand: 'fnomceo', address: `iscritto.${n}@pec.fnomceo.example`, plan: '', holder_kind: 'person', holder_name: 'Rosa Modelli',
  tax_code: taxCode(`MDLRSO${String(10 + Math.floor(n / 28)).padStart(2, '0')}A${String(1 + (n % 28)).padStart(2, '0')}H501`),
  contact_email: `iscritto.${n}@posta.example`, activated_on: '2024-01-15', expires_on: `2027-01-${String(10 + (n % 20)).padStart(2, '0')}`,
  convention: 'fnomceo-ordine', street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM', country: 'IT', ...more,
});

export const roster = (members, change = (row) => row) => ['PEC;Nome;Cognome;Numero iscrizione;Codice fiscale;Stato',
  ...members.map((one, n) => change([one.address, 'Rosa', 'Modelli', 1000 + n, one.tax_code, 2], n).join(';'))].join('\n') + '\n';
