# shellcheck shell=bash
# Images: which tool builds them, where they go, and which are there already.

# Whether the tag was derived from the commit, so that an image that has it never changes.
TAG_IS_COMMIT=no

# Sets REGISTRY and TAG as they are used; fails if it is not known where images go.
use_registry() {
	if [ "$ECR" = yes ] && [ -z "$REGISTRY" ]; then
		REGISTRY=$(ecr_registry) || return 1
		REGION=$(printf '%s' "$REGISTRY" | cut -d. -f4)
	fi
	[ -n "$REGISTRY" ] || return 1
	if [ -z "$TAG" ]; then
		TAG=$(commit_tag)
		[ "$TAG" = latest ] || TAG_IS_COMMIT=yes
	fi
}

die_without_ecr() {
	die 'The ECR registry is not known: AWS tells no account, or there is no region.' \
		'Log in (aws sts get-caller-identity must answer) and give --region.'
}

# The commit; with changes that are not committed, their checksum, too.
commit_tag() {
	local commit
	commit=$(git -C "$HERE" rev-parse --short=12 HEAD 2>/dev/null) || {
		echo latest
		return
	}
	if ! git -C "$HERE" diff --quiet HEAD 2>/dev/null; then
		commit=$commit-$(git -C "$HERE" diff HEAD | cksum | cut -d' ' -f1)
	fi
	printf '%s\n' "$commit"
}

# docker, else podman; fails if there is neither.
container_tool() {
	if command -v docker >/dev/null; then
		echo docker
	elif command -v podman >/dev/null; then
		echo podman
	else
		return 1
	fi
}

# The architectures of the cluster's nodes, as a list of platforms.
node_platforms() {
	local found
	found=$(kubectl get nodes -o 'jsonpath={range .items[*]}linux/{.status.nodeInfo.architecture}{"\n"}{end}' \
		2>/dev/null | grep -E '^linux/(amd64|arm64)$' | sort -u | tr '\n' ',') || true
	found=${found%,}
	printf '%s\n' "${found:-linux/amd64}"
}

# The platform of this machine.
own_platform() {
	case $(uname -m) in
	arm64 | aarch64) echo linux/arm64 ;;
	*) echo linux/amd64 ;;
	esac
}

# The command images: all of them, and no cluster.
build_all_images() {
	BUILD_IMAGES=yes
	container_tool >/dev/null ||
		die 'There is neither docker nor podman.' 'Install one: https://docs.docker.com/engine/install/'
	use_registry || [ "$ECR" = no ] || die_without_ecr
	[ -n "$REGISTRY" ] || die 'It is not known where the images go.' 'Say it with --registry HOST/PATH or --ecr.'
	PLATFORM=${PLATFORM:-linux/amd64}
	build_images "$IMAGES"
}

# build_images [NAMES]: those that the manifests use, unless told which.
build_images() {
	local tool name names=${1:-} image
	tool=$(container_tool)
	heading "Images: $REGISTRY, tag $TAG"
	PLATFORM=${PLATFORM:-$(node_platforms)}
	[ -n "$names" ] || names=$(used_images)
	if [ "$ECR" = yes ] && [ "$DRY_RUN" = no ]; then
		aws ecr get-login-password --region "$REGION" |
			"$tool" login --username AWS --password-stdin "${REGISTRY%%/*}" 2>&1 | indented ||
			die 'No login to ECR.' "See why: aws ecr get-login-password --region $REGION"
	fi
	for name in $names; do
		image=$REGISTRY/$name:$TAG
		if [ "$TAG_IS_COMMIT" = yes ] && is_pushed "$tool" "$image"; then
			ok "$name" 'is there'
		elif [ "$DRY_RUN" = yes ]; then
			note "$name" "would be built for $PLATFORM and pushed"
		else
			[ "$ECR" = no ] || ecr_repository "$name"
			build_image "$tool" "$name" "$image" ||
				die "The image $name could not be built or pushed." 'The words of the tool are above.'
			ok "$name" "pushed, for $PLATFORM"
		fi
	done
}

# is_pushed TOOL IMAGE: whether the registry has it, for each of PLATFORM as far as it says for which.
is_pushed() {
	local tool=$1 image=$2 said platform
	set -- manifest inspect
	# podman has no such flag, and names the architectures of a list only.
	[ "$tool" = podman ] || set -- "$@" --verbose
	said=$("$tool" "$@" "$image" 2>/dev/null) || return 1
	matches "$said" '"architecture"' || return 0
	for platform in ${PLATFORM//,/ }; do
		matches "$said" "\"architecture\": *\"${platform#linux/}\"" || return 1
	done
}

# build_image TOOL TARGET IMAGE: builds and pushes, for one platform or several.
build_image() {
	# The Containerfile mounts caches, which docker's old builder cannot.
	export DOCKER_BUILDKIT=1
	set -- "$@" --build-arg "REVISION=$(commit_tag)" --file "$HERE/Containerfile" --target "$2" --platform "$PLATFORM"
	local tool=$1 image=$3
	shift 3
	# podman 4.3 does not say what it builds on when it builds for something else.
	[ "$tool" = docker ] || set -- "$@" --build-arg "BUILDPLATFORM=$(own_platform)"
	case "$tool,$PLATFORM" in
	docker,*,*) docker buildx build "$@" --tag "$image" --push "$HERE" >&2 ;;
	podman,*,*)
		# A list that an earlier run left is taken anew.
		podman manifest rm "$image" >/dev/null 2>&1 || true
		podman build "$@" --manifest "$image" "$HERE" >&2 &&
			podman manifest push --all "$image" "docker://$image" >&2
		;;
	*)
		"$tool" build "$@" --tag "$image" "$HERE" >&2 && "$tool" push "$image" >&2
		;;
	esac
}
