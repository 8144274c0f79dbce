# bash completion of casella(1)
_casella() {
    local common='--db --brands --json --now --log-json --verbose --help'
    local mail='--smtp --smtp-user --smtp-password-file --public-url'
    local files='--files --files-key --signature-ca --clamd' secrets='--secrets' back='--to --iban --payee'
    local words="$common serve work demo migrate brand bank cash payment refund wallet proof cheque day mailbox domain convention autorenew name order holder review activation invoice mail bounce user person log operator webhook key clock sandbox notice price text report audit"
    local word group='' command='' i
    local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

    case $before in
        --to) if [[ ${COMP_WORDS[1]} == refund ]]; then mapfile -t COMPREPLY < <(compgen -W 'source wallet transfer' -- "$cur"); elif [[ ${COMP_WORDS[1]} != cash ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$cur"); fi; return ;;
        --brands | --files | --files-key | --signature-ca | --secrets | --smtp-password-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
        --role) mapfile -t COMPREPLY < <(compgen -W 'shop support cashier reviewer catalogue owner auditor' -- "$cur"); return ;;
        --channel) mapfile -t COMPREPLY < <(compgen -W 'mail fax' -- "$cur"); return ;;
        --reason) [[ ${COMP_WORDS[1]} == refund ]] && return; mapfile -t COMPREPLY < <(compgen -W 'not_executed wrong_kind unreadable wrong_amount wrong_code' -- "$cur"); return ;;
        --language) mapfile -t COMPREPLY < <(compgen -W 'it en' -- "$cur"); return ;;
        --db | --now | --smtp | --smtp-user | --public-url | --listen | --webhook | --shop-login | --api-key | --shop-name | --client-id | --secret | --webhook-id | --secret-key | --webhook-secret | --workers | --threads | --date | --brand | --email | --name | --mailbox | --clamd | --order | --arrived | --amount | --account | --iban | --number | --abi | --cab | --drawer | --payee | --dated | --convention | --until | --from | --reason | --on | --plan | --net | --extra-gb | --months | --day | --note | --rest-to | --cig | --cup | --commit | --month | --answer) return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            --db | --brands | --now) ((i++)) ;;
            -*) ;;
            *) if [[ -z $group ]]; then group=$word; elif [[ -z $command ]]; then command=$word; fi ;;
        esac
    done
    case $group:$command in
        :) ;;
        serve:*) words="$common $mail $files $secrets --listen --no-jobs --workers --trust-proxy --bounces" ;;
        work:*) words="$common $mail $files $secrets --threads --bounces" ;;
        demo:*) words="$common $files --listen --fresh" ;;
        migrate:*) words="$common --simulated" ;;
        brand:) words="$common check" ;;
        bank:) words="$common read import held" ;;
        bank:held) words="$common show assign split credit foreign undo --note --amount --rest-to" ;;
        cash:*) words="$common --day --to --brand" ;;
        bank:import) words="$common --account" ;;
        payment:) words="$common list show ask close" ;;
        payment:close) words="$common $secrets --public-url --paid --not-paid --reason" ;;
        payment:list) words="$common --held --order --state" ;;
        payment:ask) words="$common $secrets --public-url" ;;
        refund:) words="$common make held returned list sent turn drop" ;;
        refund:returned) words="$common --reason" ;;
        refund:make) words="$common $back --amount --lines --reason --take-back" ;;
        refund:held | refund:turn) words="$common $back" ;;
        autorenew:) words="$common show on off" ;;
        autorenew:on) words="$common $secrets --instrument --years --consent" ;;
        log:) words="$common add list" ;;
        log:add) words="$common --from --to --where --hash --bytes" ;;
        log:list) words="$common --csv" ;;
        person:) words="$common export erase" ;;
        person:erase) words="$common $files --brand --dry-run --confirm --reason" ;;
        person:export) words="$common $files --brand --documents" ;;
        wallet:) words="$common show" ;;
        wallet:show) words="$common --brand" ;;
        proof:) words="$common add list show accept reject" ;;
        proof:add) words="$common $files --order --channel --arrived" ;;
        proof:list | cheque:list) words="$common --state" ;;
        proof:show) words="$common $files --to" ;;
        proof:accept) words="$common --kind --amount" ;;
        proof:reject) words="$common --reason" ;;
        cheque:) words="$common receive list deposit clear bounce" ;;
        cheque:receive) words="$common --order --kind --number --abi --cab --drawer --payee --amount --dated --non-transferable --signed" ;;
        day:) words="$common run" ;;
        day:run) words="$common $mail $files $secrets --date" ;;
        mailbox:) words="$common import export show renewal end changes hold holders" ;;
        mailbox:export) words="$common --inipec --brand --since" ;;
        mailbox:changes) words="$common --brand" ;;
        mailbox:end) words="$common --at-once --undo" ;;
        mailbox:holders) words="$common --on" ;;
        mailbox:hold) words="$common --reason --lift" ;;
        mailbox:import) words="$common --dry-run" ;;
        notice:) words="$common preview" ;;
        notice:preview) words="$common --on --brand" ;;
        price:) words="$common list set withdraw" ;;
        price:list) words="$common --brand" ;;
        price:set) words="$common --brand --plan --convention --from --net --extra-gb --reason --dry-run" ;;
        price:withdraw) words="$common" ;;
        text:) words="$common list show publish withdraw" ;;
        text:list) words="$common --brand --language" ;;
        text:show) words="$common --brand --language --version --preview" ;;
        text:publish) words="$common --brand --language --from --reason --version --subject --text --html --again --dry-run" ;;
        text:withdraw) words="$common" ;;
        report:) words="$common --brand --per --months --csv expiries renewals timing income churn queues votes" ;;
        convention:) words="$common list show roster renew report" ;;
        convention:list | convention:show) words="$common --brand" ;;
        convention:roster) words="$common --convention --brand --apply" ;;
        convention:renew) words="$common --convention --brand --until --method --dry-run" ;;
        convention:report) words="$common --convention --brand --from --until" ;;
        name:) words="$common check" ;;
        name:check) words="$common --brand" ;;
        order:) words="$common show cancel withdraw space" ;;
        order:space) words="$common --gb --archive-gb --method --dry-run" ;;
        holder:) words="$common list show ask approve reject refuse" ;;
        holder:list) words="$common --brand --list" ;;
        holder:ask) words="$common --kind --name --tax-code --vat-number --street --postcode --city --province --country --sdi-code --sdi-pec --email --phone --signer-name --signer-tax-code --agreed" ;;
        holder:approve) words="$common --identity-expires" ;;
        holder:reject | holder:refuse) words="$common --reason --note" ;;
        order:withdraw) words="$common --iban --payee --sent-on" ;;
        review:) words="$common list show approve reject refuse remind" ;;
        review:list | activation:list) words="$common --brand --list --overdue" ;;
        review:show) words="$common $files --document --to" ;;
        review:approve) words="$common --identity-expires" ;;
        review:reject) words="$common --reason --note" ;;
        review:refuse) words="$common $back --reason --note" ;;
        activation:) words="$common list retry names" ;;
        activation:names) words="$common --name" ;;
        domain:) words="$common list show add renewed unregistered registered" ;;
        domain:list) words="$common --brand" ;;
        domain:show | domain:unregistered | domain:registered) words="$common --brand" ;;
        domain:add | domain:renewed) words="$common --brand --until" ;;
        operator:) words="$common add list disable link totp-reset" ;;
        operator:add) words="$common --brand --email --name --role --password-stdin --public-url" ;;
        operator:link) words="$common --public-url" ;;
        webhook:) words="$common add list log replay rotate enable remove" ;;
        webhook:add) words="$common --brand --to --kinds --email --files --files-key --signature-ca --clamd" ;;
        webhook:list) words="$common --brand" ;;
        webhook:log) words="$common --state" ;;
        webhook:replay) words="$common --delivery --since" ;;
        webhook:rotate) words="$common --files --files-key --signature-ca --clamd" ;;
        invoice:) words="$common export send notices again public register conserve" ;;
        invoice:send) words="$common --smtp --smtp-user --smtp-password-file" ;;
        invoice:notices) words="$common --brand --smtp --smtp-user --smtp-password-file" ;;
        invoice:again) words="$common --late" ;;
        invoice:public) words="$common --cig --cup --commit" ;;
        invoice:register) words="$common --brand --month" ;;
        invoice:conserve) words="$common --brand --month --to" ;;
        invoice:export) words="$common --to" ;;
        mail:) words="$common list dead again" ;;
        bounce:) words="$common receive list clear" ;;
        bounce:list | bounce:clear) words="$common --brand" ;;
        user:) words="$common add" ;;
        user:add) words="$common --brand --email --name --user-name --mailbox --language --password-stdin --public-url" ;;
        key:) words="$common add" ;;
        key:add) words="$common --brand --role" ;;
        clock:) words="$common show set" ;;
        sandbox:) words="$common axerve paypal stripe sdi" ;;
        sandbox:sdi) words="$common --outgoing --notices --answer --waiting" ;;
        sandbox:axerve) words="$common --listen --shop-login --api-key --shop-name" ;;
        sandbox:paypal) words="$common --listen --webhook --client-id --secret --webhook-id" ;;
        sandbox:stripe) words="$common --listen --webhook --secret-key --webhook-secret --shop-name" ;;
        *) words=$common ;;
    esac
    case $group:$command:$cur in
        *:*:-*) ;;
        bank:read:* | bank:import:* | proof:add:* | mailbox:import:* | convention:roster:* | brand:check:*) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o filenames -F _casella casella
