# shellcheck shell=bash
# The manifests into the cluster. What is as it should be is not touched, what an earlier run made for another mesh
# is removed.

apply_manifests() {
	heading "Apply: manifests/$MESH to namespace $NAMESPACE"
	local said changed=0 line
	said=$HERE/.deploy/$NAMESPACE-$MESH/applied
	apply_once "$said" || die 'kubectl could not apply everything.' 'Its words are above; run the same again once that is mended.'
	while read -r line; do
		case "$line" in
		*' unchanged' | *' unchanged (server dry run)' | *' unchanged (dry run)' | Warning:*) ;;
		*)
			changed=$((changed + 1))
			ok "${line#* }" "${line%% *}"
			;;
		esac
	done <"$said"
	local stale
	stale=$(stale_objects "$said")
	for line in $stale; do
		changed=$((changed + 1))
		if [ "$DRY_RUN" = yes ]; then
			note 'would remove' "$line"
		else
			kubectl delete "$line" -n "$NAMESPACE" --wait=false >/dev/null
			ok removed "$line"
		fi
	done
	[ "$changed" -gt 0 ] || ok 'nothing changed' "all $(grep -c . "$said") objects are as they should be"
}

# apply_once FILE: kubectl apply, its lines into FILE. A webhook that does not answer yet is asked again.
apply_once() {
	local out=$1 words deadline
	words=$out.err
	deadline=$((SECONDS + TIMEOUT))
	until kubectl_apply >"$out" 2>"$words"; do
		if ! grep -q 'failed calling webhook' "$words" || [ "$SECONDS" -ge "$deadline" ]; then
			indented <"$words"
			return 1
		fi
		note webhook 'does not answer yet; asking again'
		sleep "$POLL"
	done
}

kubectl_apply() {
	if [ "$DRY_RUN" = no ]; then
		kubectl apply -f "$MANIFESTS"
	elif namespace_mark >/dev/null; then
		kubectl apply -f "$MANIFESTS" --dry-run=server
	else
		# The server cannot try objects in a namespace that is not there.
		kubectl apply -f "$MANIFESTS" --dry-run=client
	fi
}

# stale_objects FILE: what deploy made earlier and no longer makes; FILE has what it makes now.
stale_objects() {
	owned_objects | awk 'NR == FNR { wanted[$1] = 1; next } !($1 in wanted)' "$1" -
}
