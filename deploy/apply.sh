# shellcheck shell=bash
# The manifests into the cluster. What is as it should be is not touched, what an earlier run made for another mesh
# is removed.

# What remove_stale will remove.
STALE=''

apply_manifests() {
	heading "Apply: manifests/$MESH to namespace $NAMESPACE"
	if [ "$DRY_RUN" = yes ]; then
		preview
		return
	fi
	local said=$HERE/.deploy/$NAMESPACE-$MESH/applied changed=0 before name
	if [ "$ADOPTED" = yes ] && change_namespace "$NAMESPACE_NEEDS"; then
		changed=1
	fi
	make_way
	before=$(versions)
	apply_once "$said" || die 'kubectl could not apply everything.' 'Its words are above; run the same again once that is mended.'
	for name in $(awk '/ created$/ { print $1 }' "$said"); do
		changed=$((changed + 1))
		ok created "$name"
	done
	for name in $(configured "$said" "$before"); do
		changed=$((changed + 1))
		ok configured "$name"
	done
	STALE=$(stale_objects <"$said")
	if [ "$changed" -eq 0 ] && [ -z "$STALE" ]; then
		ok 'nothing changed' "all $(grep -c . "$said") objects are as they should be"
	fi
}

# After the rollout, until when the old pods may still need it.
remove_stale() {
	local name
	remove_objects "$STALE"
	for name in $STALE; do
		ok removed "$name, which is no longer wanted"
	done
}

# A dry run: the differences, as the server itself finds them.
preview() {
	local name
	if ! namespace_mark >/dev/null; then
		# The server cannot try objects in a namespace that is not there.
		kubectl apply -f "$MANIFESTS" --dry-run=client | sed 's/ (dry run)$//' | indented
		return
	fi
	local differences status=0 changed=no old compared=$MANIFESTS
	STALE=$(kubectl apply -f "$MANIFESTS" --dry-run=client | stale_objects)
	old=$(old_way_in)
	if [ "$old" = "$GATEWAY" ]; then
		# What has the name now is Istio's, and cannot be compared with what will have it.
		compared=$HERE/.deploy/$NAMESPACE-$MESH/compared.yaml
		documents but '^(Deployment|Service)/ingress$' <"$MANIFESTS" >"$compared"
		note 'would replace' "$GATEWAY by deployment.apps/ingress and service/ingress"
		STALE=$(printf '%s\n' "$STALE" | grep -vx "$GATEWAY" || true)
	fi
	if [ "$ADOPTED" = yes ] && change_namespace "$NAMESPACE_NEEDS"; then
		changed=yes
	fi
	differences=$(KUBECTL_EXTERNAL_DIFF='diff -u -N' kubectl diff -f "$compared") || status=$?
	[ "$status" -le 1 ] || die 'kubectl could not compare everything.' 'Its words are above.'
	[ -z "$differences" ] || printf '%s\n' "$differences" | differences_by_object | indented
	for name in $STALE; do
		note 'would remove' "$name"
	done
	[ -n "$differences$STALE$old" ] || [ "$changed" = yes ] || ok 'nothing to change' 'everything is as it should be'
}

# kubectl's differences with the name of the object above each, and of new objects no more than that.
differences_by_object() {
	awk '
		/^diff / {
			name = $NF
			sub(/.*\//, "", name)
			told = 0
			next
		}
		/^(---|\+\+\+) / { next }
		/^@@ / {
			new = /^@@ -0,0 /
			if (!told) print (new ? "would create " : "would change ") name
			told = 1
		}
		!new'
}

# apply_once FILE: kubectl apply, its lines into FILE. A webhook that does not answer yet is asked again.
apply_once() {
	local out=$1 words=$1.err deadline=$((SECONDS + TIMEOUT))
	until kubectl apply -f "$MANIFESTS" >"$out" 2>"$words"; do
		if ! grep -q 'failed calling webhook' "$words" || [ "$SECONDS" -ge "$deadline" ]; then
			indented <"$words"
			return 1
		fi
		note webhook 'does not answer yet; asking again'
		sleep "$POLL"
	done
}

# Kind, name and version of whatever the manifests name and the cluster has. Columns, since one object alone comes
# without a list around it.
versions() {
	kubectl get -f "$MANIFESTS" --ignore-not-found --no-headers \
		-o 'custom-columns=K:.kind,N:.metadata.name,V:.metadata.resourceVersion' 2>/dev/null | awk '{ print $1 "/" $2, $3 }' || true
}

# configured FILE VERSIONS: what apply calls configured and has another version than before. A PodDisruptionBudget is
# always called so: its selector is sent whole.
configured() {
	grep -q ' configured$' "$1" || return 0
	{
		printf '%s\n' "$2"
		echo ---
		versions
		echo ---
		cat "$1"
	} | awk '
		$0 == "---" { part++; next }
		part == 0 { before[tolower($1)] = $2 }
		part == 1 { after[tolower($1)] = $2 }
		part == 2 && $2 == "configured" {
			name = $1
			sub(/[.][^\/]*/, "", name)
			if (before[name] != after[name]) print $1
		}'
}

# What deploy made earlier and no longer makes; the lines of apply say what it makes. The lock is not among them, and stays.
stale_objects() {
	local wanted
	wanted=$(cat && echo "secret/$TOKEN_SECRET")
	owned_objects | awk -v wanted="$(printf '%s\n' "$wanted" | awk '{ printf " %s ", $1 }')" '!index(wanted, " " $1 " ")'
}
