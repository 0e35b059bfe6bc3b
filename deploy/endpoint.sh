# shellcheck shell=bash
# The demo's address: waits for it, and until it has answered.

# Writes the URL of the demo; nothing as long as it has no address.
endpoint_url() {
	local object address_path port_path address port
	IFS='|' read -r object address_path port_path <<TEXT
$(entry_of "$MESH")
TEXT
	IFS='|' read -r address port <<TEXT
$(kubectl get "$object" -n "$NAMESPACE" --ignore-not-found -o "jsonpath=$address_path|$port_path")
TEXT
	[ -n "$address" ] || return 0
	case "$address" in
	*:*) address="[$address]" ;;
	esac
	if [ "$port" = 80 ]; then
		printf 'http://%s\n' "$address"
	else
		printf 'http://%s:%s\n' "$address" "$port"
	fi
}

# Ends with GW_ENDPOINT alone on the last line of stdout.
wait_for_endpoint() {
	heading 'Endpoint'
	local object url
	object=$(entry_of "$MESH")
	object=${object%%|*}
	wait_until "$object gets an address" has_address || {
		kubectl get events -n "$NAMESPACE" --field-selector involvedObject.name=ingress -o 'jsonpath={range .items[*]}{.involvedObject.kind}: {.reason}: {.message}{"\n"}{end}' 2>/dev/null | tail -n 5 | indented || true
		die "$object has no address after $TIMEOUT s." \
			'Does the cluster make load balancers? On EKS: the AWS Load Balancer Controller. Without: kubectl port-forward.'
	}
	url=$(endpoint_url)
	ok address "$url"
	wait_until "$url answers" answers "$url" ||
		die "$url does not answer after $TIMEOUT s." \
			'A new load balancer takes minutes: ./deploy.sh endpoint waits again. See: ./deploy.sh status'
	ok answers "$url/ping"
	wait_until "a replica of colorapp answers $url/color/get" has_colors "$url" ||
		die "front answers, but no replica of colorapp does, after $TIMEOUT s." \
			"The mesh between them does not let requests through; it says: $(curl --silent --max-time 5 "$url/color/get" | tr '\n' ' ' | cut -c 1-200)"
	ok answers "$url/color/get"
	say ''
	printf 'GW_ENDPOINT=%s\n' "$url"
}

has_address() { [ -n "$(endpoint_url)" ]; }

# Whether a replica answers through the mesh, be it sick: what the mesh says itself has no name of a replica.
has_colors() {
	local heads
	heads=$(curl --silent --output /dev/null --dump-header - --max-time 5 "$1/color/get") &&
		printf '%s\n' "$heads" | grep -qi '^hostuid:'
}

answers() { curl --fail --silent --output /dev/null --max-time 5 "$1/ping"; }
