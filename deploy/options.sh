# shellcheck shell=bash
# The command line and the environment, checked once.

usage() {
	cat <<'TEXT'
Usage: ./deploy.sh [COMMAND] [FLAGS]

Commands
  deploy      check, build and push the images, apply, wait, print GW_ENDPOINT (the default)
  preflight   all checks, and nothing else
  images      build and push all the images; asks no cluster
  render      print the manifests that deploy would apply
  status      what is there, and how it is
  endpoint    wait until the demo answers, and print GW_ENDPOINT
  verify      run the acceptance cases against it; arguments after -- go to outlier-demo verify
  cleanup     remove what deploy made, and nothing else
  help        this text

Flags
  --mesh NAME         auto (default), appmesh, istio, istio-ambient, linkerd, envoy, ingress
                      auto takes what the cluster has: App Mesh if it lives, Istio, Linkerd, else envoy
  --namespace NAME    default outlier-demo
  --registry PATH     where the images are pushed to and pulled from, such as ghcr.io/me;
                      default: where the last run put them
  --ecr               the registry is this account's Amazon ECR; repositories are created
  --tag TAG           of the images; default: the commit; what is pushed is deployed by digest,
                      so that a tag pushed anew reaches the pods
  --with LIST         on top of the mesh, with commas between: traffic (a load generator in the cluster),
                      monitoring (annotations for Prometheus, Grafana's dashboard), pod-monitors
                      (for the Prometheus operator); without it they are removed again
  --region REGION     of AWS
  --cluster NAME      an EKS cluster; default: the current context of kubectl
  --vpc-id ID         App Mesh: discover through AWS Cloud Map in this VPC, as in 2020
  --platform LIST     of the images, such as linux/amd64,linux/arm64; default: those of the nodes,
                      and for the command images both
  --skip-images       build and push nothing; without --registry, --ecr and --tag the images of the
                      last run stay, else they are taken by tag, as they are
  --dry-run           change nothing: neither cluster nor registry nor AWS
  --timeout TIME      for each wait, such as 90, 90s or 5m; default 5m
  --yes               ask nothing
  --force             go on although App Mesh is gone; take over objects of others; cut finalizers;
                      clean up although AWS does not let all go

Environment
  AWS_ACCOUNT_ID      with no --registry: the same as --ecr, in this account
  AWS_DEFAULT_REGION  the same as --region; AWS_REGION, too
  VPC_ID              the same as --vpc-id
  CLOUDMAP_NAMESPACE  name of the Cloud Map namespace; default NAMESPACE.pvt.aws.local
  CONTROL_TOKEN       locks the controls with it (a Secret, which stays until cleanup); verify shows it
  ENVOY_IMAGE         image of the Envoys that the manifests name
  SKIP_IMAGES         not empty: the same as --skip-images
  DEPLOY_POLL         seconds between two looks at something awaited; default 2
  NO_COLOR            no colours, also on a terminal

Exit code: 0 done, 1 failed (the last lines say why and what to do), 64 bad usage.
TEXT
}

COMMAND='' MESH=auto NAMESPACE=outlier-demo REGISTRY='' ECR=no TAG=''
WITH='' REGION=${AWS_DEFAULT_REGION:-${AWS_REGION:-}} CLUSTER='' VPC=${VPC_ID:-} PLATFORM=''
BUILD_IMAGES=yes DRY_RUN=no TIMEOUT=300 YES=no FORCE=no
POLL=${DEPLOY_POLL:-2}
# Arguments for `outlier-demo verify`.
REST=()

parse_options() {
	[ -z "${SKIP_IMAGES:-}" ] || BUILD_IMAGES=no
	local flag value timeout=''
	while [ $# -gt 0 ]; do
		flag=$1
		shift
		case "$flag" in
		--ecr) ECR=yes && continue ;;
		--skip-images) BUILD_IMAGES=no && continue ;;
		--dry-run) DRY_RUN=yes && continue ;;
		--yes | -y) YES=yes && continue ;;
		--force) FORCE=yes && continue ;;
		--help | -h) COMMAND=help && continue ;;
		--)
			REST=("$@")
			break
			;;
		--*=*) value=${flag#*=} flag=${flag%%=*} ;;
		--mesh | --namespace | --registry | --tag | --with | --region | --cluster | --vpc-id | --platform | --timeout)
			[ $# -gt 0 ] || usage_error "$flag needs a value"
			value=$1
			shift
			;;
		-*) usage_error "there is no flag $flag" ;;
		*)
			[ -z "$COMMAND" ] || usage_error "one command at a time, not $COMMAND and $flag"
			COMMAND=$flag
			continue
			;;
		esac
		[ -n "$value" ] || usage_error "$flag needs a value"
		case "$flag" in
		--mesh) MESH=$value ;;
		--namespace) NAMESPACE=$value ;;
		--registry) REGISTRY=${value%/} ;;
		--tag) TAG=$value ;;
		--with) WITH=$value ;;
		--region) REGION=$value ;;
		--cluster) CLUSTER=$value ;;
		--vpc-id) VPC=$value ;;
		--platform) PLATFORM=$value ;;
		--timeout) timeout=$value ;;
		*) usage_error "$flag is not a flag that takes a value" ;;
		esac
	done
	COMMAND=${COMMAND:-deploy}
	[ -z "$timeout" ] || TIMEOUT=$(seconds "$timeout") ||
		usage_error "--timeout must be a number of seconds or minutes, such as 90s or 5m, not $timeout"
	check_options
}

check_options() {
	case "$COMMAND" in
	deploy | preflight | images | render | status | endpoint | verify | cleanup | help) ;;
	*) usage_error "there is no command $COMMAND" ;;
	esac
	case "$MESH" in
	auto | appmesh | istio | istio-ambient | linkerd | envoy | ingress) ;;
	*) usage_error "--mesh must be auto, appmesh, istio, istio-ambient, linkerd, envoy or ingress, not $MESH" ;;
	esac
	matches "$NAMESPACE" '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' ||
		usage_error "--namespace must be 1 to 63 of a-z, 0-9 and -, not $NAMESPACE"
	case "$NAMESPACE" in
	default | kube-*) usage_error "--namespace must be one of its own, not $NAMESPACE" ;;
	esac
	[ -z "$TAG" ] || matches "$TAG" '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$' ||
		usage_error "--tag must be 1 to 128 of letters, digits, _, . and -, not $TAG"
	[ -z "$REGISTRY" ] || matches "$REGISTRY" '^[a-zA-Z0-9][a-zA-Z0-9._:/-]*$' ||
		usage_error "--registry must be a host and a path such as ghcr.io/me, not $REGISTRY"
	[ -z "$REGISTRY" ] || [ "$ECR" = no ] || usage_error 'take --registry or --ecr, not both'
	[ -z "$WITH" ] || matches "$WITH" '^(traffic|monitoring|pod-monitors)(,(traffic|monitoring|pod-monitors))*$' ||
		usage_error "--with must be traffic, monitoring, pod-monitors or several of them with commas, not $WITH"
	[ -z "$VPC" ] || matches "$VPC" '^vpc-[0-9a-f]+$' ||
		usage_error "--vpc-id must look like vpc-0123456789abcdef0, not $VPC"
	[ -z "$PLATFORM" ] || matches "$PLATFORM" '^linux/(amd64|arm64)(,linux/(amd64|arm64))*$' ||
		usage_error "--platform must be linux/amd64, linux/arm64 or both with a comma, not $PLATFORM"
	matches "$POLL" '^[0-9]+([.][0-9]+)?$' ||
		usage_error "DEPLOY_POLL must be a number of seconds, not $POLL"
	[ -z "$TOKEN" ] || { [ "${#TOKEN}" -ge 16 ] && [ "${#TOKEN}" -le 512 ] && matches "$TOKEN" '^[A-Za-z0-9._~+/=-]+$'; } ||
		usage_error 'CONTROL_TOKEN must be 16 to 512 letters, digits and -._~+/='
	[ "${#REST[@]}" -eq 0 ] || [ "$COMMAND" = verify ] || usage_error "only verify takes arguments after --"
	if [ -z "$REGISTRY" ] && [ -n "${AWS_ACCOUNT_ID:-}" ]; then
		ECR=yes
	fi
}

# matches TEXT REGEX: the whole of it, on one line.
matches() { [[ $1 =~ $2 ]]; }

# Writes a time such as 90, 90s or 5m in seconds; fails if it is none.
seconds() {
	matches "$1" '^[1-9][0-9]{0,5}[sm]?$' || return 1
	local number=${1%[sm]}
	if [ "$1" = "${number}m" ]; then
		number=$((number * 60))
	fi
	printf '%s\n' "$number"
}
