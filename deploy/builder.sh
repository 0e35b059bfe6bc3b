# shellcheck shell=bash
# What builds images: docker or podman, whether it answers, and for which platforms it can build.

# Set by find_builder.
BUILDER=''

# docker if it answers, else podman if that does; fails if neither is there.
find_builder() {
	local tool
	for tool in docker podman; do
		command -v "$tool" >/dev/null || continue
		# podman may go by the name of docker, too, and then is taken by its own.
		if [ "$tool" = docker ] && matches "$(docker --version 2>/dev/null)" podman; then
			continue
		fi
		if "$tool" info >/dev/null 2>&1; then
			BUILDER=$tool
			return
		fi
		BUILDER=${BUILDER:-$tool}
	done
	[ -n "$BUILDER" ]
}

check_builder() {
	local words
	if ! find_builder; then
		failed docker 'neither docker nor podman is there.' \
			'Install one, or take --skip-images with images that are in the registry.'
	elif ! words=$("$BUILDER" info 2>&1 >/dev/null); then
		failed "$BUILDER" "does not answer: $(printf '%s\n' "$words" | tail -n 1)" \
			'Start it: Docker Desktop, systemctl start docker, or podman machine start.'
	elif [ "$BUILDER" = docker ] && ! docker buildx version >/dev/null 2>&1; then
		failed docker 'has no buildx, with which the images are built.' \
			'Install it: https://github.com/docker/buildx#installing; or take podman.'
	else
		ok "$BUILDER" "$("$BUILDER" --version 2>/dev/null | awk 'NR == 1 { print $3 }' | tr -d ,)"
	fi
}

# PLATFORM, if it was not named, is that of the nodes. Images must run on each of them.
check_platform() {
	local nodes platform
	nodes=$(node_platforms)
	if [ -z "$nodes" ]; then
		[ -n "$PLATFORM" ] || note platform 'linux/amd64 is assumed: there is no node that tells (none yet, or you may not list them); --platform names another'
		PLATFORM=${PLATFORM:-linux/amd64}
	fi
	PLATFORM=${PLATFORM:-$nodes}
	for platform in ${nodes//,/ }; do
		case ",$PLATFORM," in
		*",$platform,"*) ;;
		*)
			failed platform "there are nodes of $platform, where images for $PLATFORM do not run." \
				"Leave --platform out, or name all: --platform $nodes"
			;;
		esac
	done
	check_several_platforms
}

# The architectures of the cluster's nodes, as a list of platforms; empty if they are not known.
node_platforms() {
	local found
	found=$(kubectl get nodes -o 'jsonpath={range .items[*]}linux/{.status.nodeInfo.architecture}{"\n"}{end}' \
		2>/dev/null | grep -E '^linux/(amd64|arm64)$' | sort -u | tr '\n' ',') || true
	printf '%s\n' "${found%,}"
}

# docker's own builder makes images for several platforms only where it keeps them in containerd.
check_several_platforms() {
	case "$BUILDER,$PLATFORM" in
	docker,*,*) ;;
	*) return 0 ;;
	esac
	local driver
	driver=$(docker buildx inspect 2>/dev/null | awk '/^Driver:/ { print $2 }') || true
	if [ "$driver" != docker ] || matches "$(docker info --format '{{.DriverStatus}}' 2>/dev/null)" 'containerd[.]snapshotter'; then
		return
	fi
	failed platform "docker's default builder does not build for $PLATFORM at once." \
		'Take another: docker buildx create --use; or switch on the containerd image store; or name one --platform.'
}

# The platform of this machine.
own_platform() {
	case $(uname -m) in
	arm64 | aarch64) echo linux/arm64 ;;
	*) echo linux/amd64 ;;
	esac
}
