<?php

/**
 * Informazioni casella: when the mailbox expires, and Rinnova, which leads to casella's portal without asking the password again.
 *
 * The user has logged in here; the plugin vouches for that with a key that the webmail and casella share (docs/webmail.md).
 */
class casella_pec extends rcube_plugin
{
    public $task = 'settings';

    private const TIMEOUT = 5; // seconds

    private $rcmail;

    public function init()
    {
        $this->rcmail = rcmail::get_instance();
        $this->load_config();
        $this->add_texts('localization/');
        $this->add_hook('settings_actions', [$this, 'settings_actions']);
        $this->register_action('plugin.casella_pec', [$this, 'show']);
        $this->register_action('plugin.casella_pec_renew', [$this, 'renew']);
    }

    public function settings_actions($args)
    {
        $args['actions'][] = [
            'action' => 'plugin.casella_pec',
            'class'  => 'server',
            'label'  => 'title',
            'title'  => 'title',
            'domain' => 'casella_pec',
        ];

        return $args;
    }

    public function show()
    {
        $this->register_handler('plugin.body', [$this, 'body']);
        $this->rcmail->output->set_pagetitle($this->gettext('title'));
        $this->rcmail->output->send('plugin');
    }

    public function body()
    {
        $about = $this->ask();
        $rows  = new html_table(['cols' => 2, 'class' => 'propform']);

        $this->row($rows, 'address', $this->rcmail->get_user_name());
        if ($about === null) {
            $text = html::p(['class' => 'hint'], rcube::Q($this->gettext('unknown')));
        }
        else {
            $text = '';
            $this->row($rows, 'expires_on', $this->day($about['expires_on']));
            $this->row($rows, 'state', $this->state($about));
        }
        $button = html::a([
            'href'   => $this->rcmail->url(['_action' => 'plugin.casella_pec_renew'], false, false, true),
            'class'  => 'btn btn-primary',
            'id'     => 'casella-rinnova',
        ], rcube::Q($this->gettext('renew')));

        return html::div(['class' => 'box formcontent'],
            html::div(['class' => 'boxtitle'], rcube::Q($this->gettext('title')))
            . html::div(['class' => 'boxcontent'], $rows->show() . $text . html::p('formbuttons', $button)));
    }

    public function renew()
    {
        $key   = (string) $this->rcmail->config->get('casella_key');
        $brand = (string) $this->rcmail->config->get('casella_brand');
        $pass  = [
            'address' => strtolower($this->rcmail->get_user_name()),
            'to'      => 'rinnovo',
            'at'      => time(),
            'nonce'   => bin2hex(random_bytes(16)),
        ];

        // The address carries the request's token: another site's link does not come in here.
        if (!$this->rcmail->check_request(rcube_utils::INPUT_GET) || strlen($key) < 32 || $brand === '') {
            $this->rcmail->output->show_message($this->gettext('unknown'), 'error');
            $this->show();
            return;
        }
        $signed = implode("\n", ['casella webmail 1', $brand, $pass['address'], $pass['to'], $pass['at'], $pass['nonce']]);
        $pass['signature'] = hash_hmac('sha256', $signed, $key);
        header('Cache-Control: no-store');
        header('Referrer-Policy: no-referrer');
        header('Location: ' . $this->portal() . '/webmail?' . http_build_query($pass), true, 303);
        exit;
    }

    private function portal()
    {
        return rtrim((string) $this->rcmail->config->get('casella_portal'), '/');
    }

    /** What casella's API says of this mailbox; null where it does not answer. */
    private function ask()
    {
        $url  = rtrim((string) $this->rcmail->config->get('casella_api'), '/') . '/mailboxes/'
            . rawurlencode(strtolower($this->rcmail->get_user_name()));
        $said = @file_get_contents($url, false, stream_context_create(['http' => [
            'timeout'         => self::TIMEOUT,
            'follow_location' => 0,
            'header'          => 'Authorization: Bearer ' . $this->rcmail->config->get('casella_api_key'),
        ]]));
        $about = $said === false ? null : json_decode($said, true);

        return is_array($about) && isset($about['expires_on'], $about['phase']) ? $about : null;
    }

    private function row($table, $label, $value)
    {
        $table->add('title', rcube::Q($this->gettext($label)));
        $table->add(null, rcube::Q($value));
    }

    private function day($iso)
    {
        return preg_match('/^(\d{4})-(\d\d)-(\d\d)$/', $iso, $m) ? "$m[3]/$m[2]/$m[1]" : $iso;
    }

    private function state($about)
    {
        $known = ['active', 'expiring', 'expired', 'ceased'];

        return in_array($about['phase'], $known, true) ? $this->gettext('phase_' . $about['phase']) : $about['phase'];
    }
}
