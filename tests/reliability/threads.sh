#!/usr/bin/env bash
# The data plane under ThreadSanitizer: two workers, five replicas that fall ill in all ways and get well again, load on
# both listeners, and every admin page read meanwhile. `threads.sh [SECONDS]`, 60 unless told. Fails with the reports if
# there are any. OUTLIER_DEMO names a program that is built already. Needs the nightly toolchain with rust-src, and curl.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
base=${BASE_PORT:-21080}
target=x86_64-unknown-linux-gnu

rustup component list --toolchain nightly | grep -q '^rust-src (installed)' || {
	echo 'rust-src is missing: rustup component add rust-src --toolchain nightly' >&2
	exit 1
}
demo=${OUTLIER_DEMO:-target/debug/outlier-demo}
[[ -n ${OUTLIER_DEMO:-} ]] || cargo build --locked --quiet --bin outlier-demo
# The standard library, too: what it does not tell the sanitizer would look like a race.
RUSTFLAGS=-Zsanitizer=thread cargo +nightly build -Zbuild-std --target "$target" --target-dir target/threads \
	--locked --quiet -p ingress --bin ingress

folder=$(mktemp -d)
programs=()
end() {
	kill "${programs[@]}" 2>/dev/null || true
	wait || true
	rm -rf "$folder"
}
trap end EXIT

gateway=127.0.0.1:$base
egress=127.0.0.1:$((base + 1))
admin=127.0.0.1:$((base + 2))
front=127.0.0.1:$((base + 3))
replicas=()
controls=()
for n in 1 2 3 4 5; do
	replicas+=("127.0.0.1:$((base + 10 + n))")
	controls+=("127.0.0.1:$((base + 20 + n))")
	SERVER_HOST=127.0.0.1 SERVER_PORT=$((base + 10 + n)) CONTROL_PORT=$((base + 20 + n)) HOST_UID=colorapp-$n \
		RUST_LOG=warn "$demo" colorapp &
	programs+=($!)
done
SERVER_HOST=127.0.0.1 SERVER_PORT=$((base + 3)) CONTROL_PORT=$((base + 4)) http_proxy=http://$egress RUST_LOG=warn \
	COLOR_SERVICE_ENDPOINT=colorapp.outlier-demo.svc.cluster.local:8080 MESH_ADMIN_ENDPOINT=$admin "$demo" front &
programs+=($!)

# No report ends the program, so that all of them are seen, and its exit code tells that there was one.
list=$(IFS=, && echo "${replicas[*]}")
TSAN_OPTIONS="halt_on_error=0 exitcode=66 log_path=$folder/report" "target/threads/$target/debug/ingress" \
	--manifests manifests/appmesh --workers 2 --speed 20 --drain-time 2s --event-log "$folder/events" \
	--gateway "$gateway" --egress "$egress" --admin "$admin" --stats "127.0.0.1:$((base + 5))" \
	--endpoints "colorapp=$list" --endpoints "front=$front" >"$folder/log" 2>&1 &
ingress=$!
curl --silent --retry 60 --retry-delay 1 --retry-all-errors "http://$admin/ready" >/dev/null 2>&1

"$demo" attack "http://$gateway/color/get" --rate 100 --duration "${seconds}s" >"$folder/gateway" &
loads=($!)
"$demo" attack "http://$egress/get" --rate 0 --connections 16 --duration "${seconds}s" \
	--header 'host: colorapp.outlier-demo.svc.cluster.local' >"$folder/egress" &
loads+=($!)

faults=('status=503' 'status=500&percent=81' abort 'delay=50ms' 'abort&percent=50')
turn=0
while kill -0 "${loads[@]}" 2>/dev/null; do
	# Each replica falls ill in each way.
	at=${controls[(turn + turn / 5) % 5]}
	curl --silent --fail "http://$at/fault?${faults[turn % 5]}&for=700ms" >/dev/null
	for page in clusters 'clusters?format=json' config_dump listeners outlier_events outliers server_info stats \
		'stats?format=json' stats/prometheus; do
		curl --silent --fail "http://$admin/$page" >/dev/null
	done
	curl --silent --fail --request POST "http://$admin/healthcheck/$([[ $((turn % 2)) = 0 ]] && echo fail || echo ok)" >/dev/null
	curl --silent --fail "http://127.0.0.1:$((base + 5))/stats/prometheus" >/dev/null
	turn=$((turn + 1))
done
wait "${loads[@]}"
grep -h -e '^Requests' -e '^Status' "$folder/gateway" "$folder/egress"
printf 'ejections and returns: %s; faults: %s\n' "$(wc -l <"$folder/events")" "$turn"

kill -TERM "$ingress"
code=0
wait "$ingress" || code=$?
cat "$folder"/report* 2>/dev/null || true
if [[ $code != 0 || -n $(find "$folder" -name 'report*') ]]; then
	tail -20 "$folder/log"
	echo "there are reports, or ingress ended with $code" >&2
	exit 1
fi
[[ -s $folder/events ]] || {
	echo 'nobody was ejected: this run has shown nothing' >&2
	exit 1
}
echo 'no report'
