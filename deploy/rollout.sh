# shellcheck shell=bash
# Waiting, with progress, until what was applied runs; and why, when it does not.

# wait_until WHAT COMMAND...: asks until COMMAND succeeds, at most TIMEOUT.
wait_until() {
	local what=$1 deadline=$((SECONDS + TIMEOUT)) told=$SECONDS
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		if [ $((SECONDS - told)) -ge 30 ]; then
			told=$SECONDS
			note waiting "$what"
		fi
		sleep "$POLL"
	done
}

# App Mesh's own word that its control plane took the mesh. Without it nothing in the mesh gets a configuration.
wait_for_mesh() {
	heading 'App Mesh'
	local patience=$((TIMEOUT < 60 ? TIMEOUT : 60))
	if kubectl wait --for=condition=MeshActive "meshes.appmesh.k8s.aws/$NAMESPACE" --timeout="${patience}s" >/dev/null 2>&1; then
		ok mesh "$NAMESPACE is active"
		return
	fi
	kubectl get events -A --field-selector "involvedObject.kind=Mesh,type=Warning" \
		-o 'jsonpath={range .items[*]}{.reason}: {.message}{"\n"}{end}' 2>/dev/null | tail -n 3 | indented || true
	die "The mesh $NAMESPACE is not active after $patience s." \
		'See why: kubectl logs -n appmesh-system deployment/appmesh-controller; App Mesh gone? Take --mesh istio.'
}

wait_for_rollouts() {
	heading 'Rollout'
	local deadline=$((SECONDS + TIMEOUT)) told=$SECONDS before='' now rows stuck
	while :; do
		rows=$(rollout_rows) || die 'The cluster no longer answers.' 'See why: kubectl cluster-info'
		now=$(printf '%s\n' "$rows" | awk -F'|' '{ printf "%s%s %d/%d", gap, $1, $4, $2; gap = "   " }')
		if [ "$now" != "$before" ]; then
			finding '' "$SECONDS s" replicas "$now"
			before=$now told=$SECONDS
		elif [ $((SECONDS - told)) -ge 30 ]; then
			finding '' "$SECONDS s" 'still waiting' "$now"
			told=$SECONDS
		fi
		if [ -z "$(unfinished "$rows")" ]; then
			ok rollout 'every replica is ready'
			return
		fi
		stuck=$(stuck_pods)
		if [ -n "$stuck" ] || [ "$SECONDS" -ge "$deadline" ]; then
			explain "$(unfinished "$rows")" || note explanation 'the cluster told no more'
			[ -z "$stuck" ] || die "A pod does not come up: $stuck." 'Mend that (above is what the cluster knows), then run the same again.'
			die "Not every replica is ready after $TIMEOUT s." 'Above is what the cluster knows; wait longer with --timeout 10m.'
		fi
		sleep "$POLL"
	done
}

# Only with its waypoint does ambient know requests, and so errors.
wait_for_waypoint() {
	wait_until 'the waypoint is programmed' waypoint_is_programmed || {
		kubectl get gateways.gateway.networking.k8s.io waypoint -n "$NAMESPACE" -o 'jsonpath={range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}' | indented || true
		die "The waypoint is not programmed after $TIMEOUT s." "See why: kubectl describe gateway waypoint -n $NAMESPACE"
	}
	ok waypoint 'is programmed'
}

waypoint_is_programmed() {
	[ "$(kubectl get gateways.gateway.networking.k8s.io waypoint -n "$NAMESPACE" --ignore-not-found \
		-o 'jsonpath={.status.conditions[?(@.type=="Programmed")].status}')" = True ]
}

# A line for each Deployment: name|wanted|updated|available|all|generation|seen
rollout_rows() {
	kubectl get deployments -n "$NAMESPACE" -l "$(owned)" -o 'jsonpath={range .items[*]}{.metadata.name}|{.spec.replicas}|{.status.updatedReplicas}|{.status.availableReplicas}|{.status.replicas}|{.metadata.generation}|{.status.observedGeneration}{"\n"}{end}'
}

# Names of the Deployments that are not done: seen by the controller, all replicas new, all available, none old.
unfinished() {
	printf '%s\n' "$1" | awk -F'|' 'NF > 1 && ($7 < $6 || $3 != $2 || $4 != $2 || $5 != $2) { print $1 }'
}

# The first container in a state that Kubernetes gives only after it has tried more than once. Only pods of the
# newest ReplicaSets count: those of an earlier try may still be going.
stuck_pods() {
	local found
	found=$(kubectl get pods -n "$NAMESPACE" -l "$PART_OF" -o 'jsonpath={range .items[*]}={.metadata.ownerReferences[0].name}{"\n"}{range .status.initContainerStatuses[*]}{.name}|{.state.waiting.reason}{"\n"}{end}{range .status.containerStatuses[*]}{.name}|{.state.waiting.reason}{"\n"}{end}{end}' |
		awk -F'|' '
			/^=/ { owner = substr($0, 2); next }
			$2 ~ /^(ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CrashLoopBackOff|CreateContainerConfigError)$/ {
				print owner, "container " $1 " is in " $2
			}')
	[ -n "$found" ] || return 0
	printf '%s\n' "$found" | awk 'NR == FNR { newest[$1] = 1; next } $1 in newest && !told++ { sub(/^[^ ]* /, ""); print }' \
		<(newest_replica_sets) -
}

# For each Deployment the ReplicaSet with the highest revision.
newest_replica_sets() {
	kubectl get replicasets -n "$NAMESPACE" -l "$PART_OF" -o 'jsonpath={range .items[*]}{.metadata.ownerReferences[0].name} {.metadata.annotations.deployment\.kubernetes\.io/revision} {.metadata.name}{"\n"}{end}' |
		awk '$2 + 0 >= best[$1] + 0 { best[$1] = $2; name[$1] = $3 } END { for (deployment in name) print name[deployment] }'
}

# explain DEPLOYMENTS: all that the cluster knows of why they are not ready.
explain() {
	local name
	for name in $1; do
		say "  $name"
		kubectl get deployment "$name" -n "$NAMESPACE" -o 'jsonpath={range .status.conditions[*]}{.type}|{.status}|{.reason}: {.message}{"\n"}{end}' |
			awk -F'|' '($1 == "ReplicaFailure" && $2 == "True") || ($1 != "ReplicaFailure" && $2 != "True") { print $3 }' | indented
		kubectl get pods -n "$NAMESPACE" -l "app=$name" -o 'jsonpath={range .items[*]}{.metadata.name}: {.status.phase} {range .status.initContainerStatuses[*]}{.name} {.state.waiting.reason}{.state.terminated.reason} {.state.waiting.message}{end}{range .status.containerStatuses[*]}{.name} {.state.waiting.reason}{.state.terminated.reason} {.state.waiting.message}{end}{"\n"}{end}' | indented
		explain_logs "$name"
	done
	say '  last warnings'
	kubectl get events -n "$NAMESPACE" --field-selector type=Warning --sort-by=.metadata.creationTimestamp -o 'jsonpath={range .items[*]}{.involvedObject.kind}/{.involvedObject.name}: {.reason}: {.message}{"\n"}{end}' 2>/dev/null |
		tail -n 8 | indented
}

# The last words of containers that ended; those of the run before, where there was one.
explain_logs() {
	local pod container
	kubectl get pods -n "$NAMESPACE" -l "app=$1" -o 'jsonpath={range .items[*]}{.metadata.name}{range .status.containerStatuses[?(@.restartCount>0)]} {.name}{end}{"\n"}{end}' |
		while read -r pod container _; do
			[ -n "$container" ] || continue
			say "    last words of $pod, container $container:"
			{
				kubectl logs "$pod" -n "$NAMESPACE" -c "$container" --tail=5 --previous 2>/dev/null ||
					kubectl logs "$pod" -n "$NAMESPACE" -c "$container" --tail=5 2>/dev/null || true
			} | indented
		done
}
