# shellcheck shell=bash
# What each mesh is: how it is found in a cluster, what it needs there, and how it is verified.

# auto: what the cluster has. Says what it found and chose.
choose_mesh() {
	[ "$MESH" = auto ] || return 0
	MESH=envoy
	if controller_available appmesh-system appmesh-controller; then
		case "$(app_mesh_state)" in
		alive)
			MESH=appmesh
			note mesh 'auto: an App Mesh controller, and AWS answers: --mesh appmesh'
			return
			;;
		unknown) note mesh 'auto: an App Mesh controller, but AWS was not asked (no aws, credentials or region): not taken' ;;
		*) note mesh 'auto: an App Mesh controller, but no App Mesh behind it: not taken' ;;
		esac
	fi
	if controller_available istio-system istiod; then
		MESH=istio
		if kubectl get daemonset ztunnel -n istio-system -o name >/dev/null 2>&1; then
			MESH=istio-ambient
		fi
	elif controller_available linkerd linkerd-destination; then
		MESH=linkerd
	elif [ "$(kubectl auth can-i get deployments --all-namespaces 2>/dev/null)" = no ]; then
		note mesh 'auto: no mesh that you may see: --mesh envoy, with plain Envoy sidecars'
		return
	else
		note mesh 'auto: no mesh that lives: --mesh envoy, with plain Envoy sidecars'
		return
	fi
	note mesh "auto: the cluster has it: --mesh $MESH"
}

# controller_of MESH: namespace, Deployment, oldest version and what to do without it, with | between; nothing if
# the mesh needs no control plane.
controller_of() {
	case "$1" in
	appmesh)
		echo 'appmesh-system|appmesh-controller|1.2.0|helm install appmesh-controller eks/appmesh-controller -n appmesh-system --create-namespace'
		;;
	istio)
		echo 'istio-system|istiod|1.24.0|istioctl install --set profile=minimal -y'
		;;
	istio-ambient)
		echo 'istio-system|istiod|1.24.0|istioctl install --set profile=ambient -y'
		;;
	linkerd)
		echo 'linkerd|linkerd-destination||linkerd install --crds | kubectl apply -f - && linkerd install | kubectl apply -f -'
		;;
	esac
}

# group_advice GROUP: where the CRDs of an API group come from.
group_advice() {
	case "$1" in
	gateway.networking.k8s.io/*)
		echo 'Install the Gateway API: kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml'
		;;
	appmesh.k8s.aws/*) echo 'Install the CRDs with the controller: helm install appmesh-controller eks/appmesh-controller -n appmesh-system' ;;
	*.istio.io/*) echo 'Install Istio: istioctl install --set profile=minimal -y' ;;
	*linkerd.io/*) echo 'Install them: linkerd install --crds | kubectl apply -f -' ;;
	monitoring.coreos.com/*) echo 'Install the Prometheus operator.' ;;
	*) echo 'Is the cluster new enough?' ;;
	esac
}

# profile_of MESH: the profile of `outlier-demo verify` with that mesh's numbers.
profile_of() {
	case "$1" in
	istio | istio-ambient) echo istio ;;
	linkerd) echo linkerd ;;
	envoy) echo envoy ;;
	# Our own data plane reads the App Mesh manifests.
	appmesh | ingress) echo appmesh ;;
	esac
}

# entry_of MESH: the object whose status has the demo's address, and where in it.
entry_of() {
	case "$1" in
	istio | istio-ambient)
		echo 'gateways.gateway.networking.k8s.io/ingress|{.status.addresses[0].value}|{.spec.listeners[0].port}'
		;;
	*)
		echo 'service/ingress|{.status.loadBalancer.ingress[0].hostname}{.status.loadBalancer.ingress[0].ip}|{.spec.ports[0].port}'
		;;
	esac
}

# controller_state NAMESPACE DEPLOYMENT: `available`, `hidden` if one may not look there, or `missing`.
controller_state() {
	local found
	if found=$(kubectl get deployment "$2" -n "$1" --ignore-not-found \
		-o 'jsonpath={.status.conditions[?(@.type=="Available")].status}' 2>&1); then
		if [ "$found" = True ]; then echo available; else echo missing; fi
	elif matches "$found" '[(]Forbidden[)]'; then
		echo hidden
	else
		echo missing
	fi
}

controller_available() { [ "$(controller_state "$1" "$2")" = available ]; }

# ztunnel_state: Istio's node proxy, without which nothing goes through a waypoint: `ready` and on how many nodes,
# `hidden`, or `missing`. It need not be beside istiod.
ztunnel_state() {
	local found
	if found=$(kubectl get daemonset ztunnel -n istio-system --ignore-not-found -o 'jsonpath={.status.numberReady} of {.status.desiredNumberScheduled}' 2>&1) &&
		[ -z "$found" ]; then
		found=$(kubectl get daemonsets --all-namespaces -l app=ztunnel -o 'jsonpath={range .items[0]}{.status.numberReady} of {.status.desiredNumberScheduled}{end}' 2>&1) || true
	fi
	if matches "$found" '[(]Forbidden[)]'; then
		echo hidden
	elif matches "$found" '^[1-9][0-9]* of '; then
		printf 'ready on %s nodes\n' "$found"
	else
		echo missing
	fi
}
