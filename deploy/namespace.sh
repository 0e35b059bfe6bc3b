# shellcheck shell=bash
# A namespace that was there before is somebody's. deploy adds the labels and annotations that the mesh needs and that
# are missing, writes beside them which these are, and cleanup takes those away again. Everything else stays.

# The annotation with what was added, in words labels/KEY=VALUE or annotations/KEY=VALUE. Where --force put VALUE in
# the place of another one, that one follows after another =.
ADDED=$MANAGED_BY/added

# Whether NAMESPACE is such a one; and what its pods need of it, in the same words. Both are set by render.
ADOPTED=no
NAMESPACE_NEEDS=''
# Of these the one that has to be done without, set by check_namespace.
NAMESPACE_LACKS=''

# Of the Namespace on stdin: what a mesh goes by, and how much its pods must be allowed. Nothing needs a namespace to be
# stricter than it is.
namespace_needs() {
	awk '
		/^  (labels|annotations):$/ { map = $1; sub(/:/, "", map); next }
		!/^    / { map = ""; next }
		map == "" || /^    app\.kubernetes\.io\// || /enforce: restricted$/ { next }
		{ sub(/:$/, "", $1); gsub(/"/, "", $2); print map "/" $1 "=" $2 }'
}

# namespace_plan [NEEDS]: what has to change in the namespace, a line each: `conflict`, `add`, `change` or `remove` and
# what it is about, and at last `patch` and a merge patch with all of it; nothing if all is well. What was added
# and is no longer needed goes, unless somebody has changed it since. Fails if the cluster does not tell.
namespace_plan() {
	local has
	has=$(kubectl get namespace "$NAMESPACE" -o "go-template={{range \$k, \$v := .metadata.labels}}has labels/{{\$k}}={{\$v}}{{\"\\n\"}}{{end}}{{range \$k, \$v := .metadata.annotations}}{{if eq \$k \"$ADDED\"}}added {{\$v}}{{else}}has annotations/{{\$k}}={{printf \"%q\" \$v}}{{end}}{{\"\\n\"}}{{end}}") ||
		return 1
	{
		printf '%s\n' "$has"
		[ -z "${1:-}" ] || printf '%s\n' "$1" | awk -v lacks="$NAMESPACE_LACKS" '$0 != lacks { print "needs", $0 }'
	} | awk -v force="$FORCE" -v record="$ADDED" '
		function level(name) { return index("restricted baseline privileged", name) }
		# Whether what is there will do, though it may read otherwise.
		function will_do(key, value) {
			if (key == "labels/pod-security.kubernetes.io/enforce") return level(has[key]) >= level(value)
			return has[key] == value
		}
		function put(what, key, value, json) {
			print what, key (what == "remove" ? "" : "=" value)
			json = "\"" substr(key, index(key, "/") + 1) "\":" (what == "remove" ? "null" : "\"" value "\"")
			if (key ~ /^labels/) labels = labels (labels == "" ? "" : ",") json
			else annotations = annotations json ","
		}
		function keep(text) { kept = kept (kept == "" ? "" : " ") text }
		function is_ours(key) { return key in added && key in has && has[key] == added[key] }
		$1 == "added" {
			before = substr($0, 7)
			for (i = 2; i <= NF; i++) {
				split($i, part, "=")
				added[part[1]] = part[2]
				if (split($i, part, "=") > 2) was[part[1]] = part[3]
				ours[++all_ours] = part[1]
				word[part[1]] = $i
			}
		}
		$1 == "has" || $1 == "needs" {
			text = substr($0, length($1) + 2)
			key = text
			sub(/=.*/, "", key)
			value = substr(text, length(key) + 2)
			if (key ~ /^annotations/) gsub(/^"|"$/, "", value)
			if ($1 == "has") has[key] = value
			else { wanted[++all_wanted] = key; needs[key] = value }
		}
		END {
			for (i = 1; i <= all_wanted; i++) {
				key = wanted[i]
				value = needs[key]
				if (!(key in has)) {
					# A revision of Istio is a choice of injection, too, and would be overruled.
					if (key == "labels/istio-injection" && "labels/istio.io/rev" in has) continue
					put("add", key, value)
					keep(key "=" value)
				} else if (will_do(key, value)) {
					if (is_ours(key)) keep(word[key])
				} else if (is_ours(key)) {
					put("change", key, value)
					keep(key "=" value (key in was ? "=" was[key] : ""))
				} else if (force == "yes" && has[key] ~ /^[A-Za-z0-9._-]*$/) {
					put("change", key, value)
					keep(key "=" value "=" has[key])
				} else print "conflict", key "=" has[key], value
			}
			for (i = 1; i <= all_ours; i++) {
				key = ours[i]
				if (key in needs || !is_ours(key)) continue
				if (key in was) put("change", key, was[key])
				else put("remove", key)
			}
			if (kept == before) exit
			annotations = annotations "\"" record "\":" (kept == "" ? "null" : "\"" kept "\"")
			print "patch {\"metadata\":{\"labels\":{" labels "},\"annotations\":{" annotations "}}}"
		}'
}

# Part of preflight: whether the namespace can be used as it is, or be made so.
check_namespace() {
	local plan what word value changes
	note namespace "$NAMESPACE was there before: it is used, and cleanup will keep it"
	plan=$(namespace_plan "$NAMESPACE_NEEDS") || {
		failed namespace "the cluster does not tell how $NAMESPACE is." 'kubectl says why above.'
		return
	}
	while read -r what word value; do
		[ "$what" = conflict ] || continue
		failed namespace "$NAMESPACE has ${word#*/}, and $MESH needs $value." \
			'Take another --namespace, or let it be changed until cleanup with --force.'
	done <<TEXT
$plan
TEXT
	changes=$(changes_of "$plan")
	[ -n "$changes" ] || return 0
	if can patch namespaces; then
		ok namespace "will be changed:$(words "$changes")"
	elif matches "$changes" "^labels/pod-security[^[:space:]]*\$"; then
		# That alone: most clusters allow as much where nobody has said anything.
		note namespace "gets no ${changes#*/}, since you may not patch namespaces"
		NAMESPACE_LACKS=$changes
	else
		failed permission "you may not patch namespaces, and $NAMESPACE needs$(words "$changes")." \
			"Ask the administrator of the cluster for that: $(by_hand "$changes")"
	fi
}

# changes_of PLAN: the words of what will be another, and those of what will be gone with a - after them.
changes_of() {
	printf '%s\n' "$1" | awk '/^(add|change) / { print $2 } /^remove / { print $2 "-" }'
}

# words CHANGES: the same on one line, as kubectl takes them.
words() { printf '%s\n' "$1" | awk '{ sub(/^[a-z]*\//, ""); printf " %s", $0 }'; }

# by_hand CHANGES: the same in commands.
by_hand() {
	printf '%s\n' "$1" | awk -v namespace="$NAMESPACE" '{
		command = /^labels/ ? "label" : "annotate"
		sub(/^[a-z]*\//, "")
		printf "%skubectl %s --overwrite namespace %s %s", gap, command, namespace, $0
		gap = "; "
	}'
}

# change_namespace [NEEDS]: carries the plan out, and says what changed. Fails if nothing had to.
change_namespace() {
	local plan patch changes
	plan=$(namespace_plan "${1:-}") || die "The cluster does not tell how the namespace $NAMESPACE is." 'Run the same again.'
	patch=$(printf '%s\n' "$plan" | sed -n 's/^patch //p')
	[ -n "$patch" ] || return 1
	changes=$(words "$(changes_of "$plan")")
	if [ "$DRY_RUN" = yes ]; then
		note 'would change' "namespace/$NAMESPACE:$changes"
		return
	fi
	kubectl patch namespace "$NAMESPACE" --type=merge -p "$patch" >/dev/null ||
		die "The namespace $NAMESPACE cannot be changed." 'kubectl says why above; run the same again once that is mended.'
	ok configured "namespace/$NAMESPACE:$changes"
}
