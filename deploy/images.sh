# shellcheck shell=bash
# Images: where they go, which are there already, and what the manifests call them.

# Whether the tag was derived from the commit, so that an image that has it never changes.
TAG_IS_COMMIT=no
# Images that are deployed by digest in place of the tag, as name=REGISTRY/name@DIGEST with blanks between. A tag may
# be pushed anew, which nodes that have the image never notice.
PINNED=''

# Sets REGISTRY and TAG as they are used; fails if it is not known where images go.
use_registry() {
	if [ "$ECR" = yes ] && [ -z "$REGISTRY" ]; then
		REGISTRY=$(ecr_registry) || return 1
		REGION=$(region_of "$REGISTRY")
	fi
	[ -n "$REGISTRY" ] || return 1
	if [ -z "$TAG" ]; then
		TAG=$(commit_tag)
		[ "$TAG" = latest ] || TAG_IS_COMMIT=yes
	fi
}

# The commit; with changes that are not committed, their checksum, too. New files count: the build copies them in.
commit_tag() {
	local commit changes
	commit=$(git -C "$HERE" rev-parse --short=12 HEAD 2>/dev/null) || {
		echo latest
		return
	}
	changes=$(git -C "$HERE" diff HEAD && new_files)
	if [ -n "$changes" ]; then
		commit=$commit-$(printf '%s\n' "$changes" | cksum | cut -d' ' -f1)
	fi
	printf '%s\n' "$commit"
}

# Name and checksum of each file that git neither has nor ignores.
new_files() {
	local file
	git -C "$HERE" ls-files --others --exclude-standard -z | while IFS= read -r -d '' file; do
		printf '%s %s\n' "$file" "$(git -C "$HERE" hash-object -- "$file" 2>/dev/null)"
	done
}

# image_of NAME: its reference, as the manifests have it.
image_of() {
	local pinned
	pinned=$(pinned_in "$PINNED" "$1")
	printf '%s\n' "${pinned:-${REGISTRY:+$REGISTRY/}$1:${TAG:-latest}}"
}

# pinned_in LIST NAME: its reference by digest; nothing if it is not in the list.
pinned_in() {
	local entry
	for entry in $1; do
		[ "${entry%%=*}" != "$2" ] || printf '%s\n' "${entry#*=}"
	done
}

# pin NAME REFERENCE: nothing is pinned by an empty reference.
pin() { PINNED=$(united "$PINNED" "${2:+$1=$2}"); }

# The command images: all of them, and no cluster, so for every platform.
build_all_images() {
	PLATFORM=${PLATFORM:-linux/amd64,linux/arm64}
	check_builder
	[ -z "$BUILDER" ] || check_several_platforms
	[ "$FAILED" -eq 0 ] || die 'The images cannot be built here.' 'Do what the arrows say, then run the same again.'
	use_registry || [ "$ECR" = no ] || die_without_ecr
	[ -n "$REGISTRY" ] || die 'It is not known where the images go.' 'Say it with --registry HOST/PATH or --ecr.'
	BUILD_IMAGES=yes
	build_images "$IMAGES"
}

# build_images [NAMES]: those that the manifests use, unless told which. Sets PINNED.
build_images() {
	local name names=${1:-} image before='' pinned digest
	heading "Images: $REGISTRY, tag $TAG"
	[ -n "$names" ] || names=$(used_images)
	if [ "$RECORD_REGISTRY:$RECORD_TAG" = "$REGISTRY:$TAG" ]; then
		before=$RECORD_IMAGES
	fi
	PINNED=''
	if [ "$ECR" = yes ] && [ "$DRY_RUN" = no ]; then
		log_in_to_ecr
	fi
	for name in $names; do
		image=$REGISTRY/$name:$TAG
		pinned=$(pinned_in "$before" "$name")
		if [ "$ECR" = yes ] && [ "$DRY_RUN" = no ]; then
			use_ecr_repository "$name"
		fi
		if [ "$TAG_IS_COMMIT" = yes ] && [ -n "$pinned" ] && is_pushed "$pinned"; then
			pin "$name" "$pinned"
			ok "$name" 'is there'
		elif [ "$TAG_IS_COMMIT" = yes ] && is_pushed "$image"; then
			ok "$name" 'is there'
		elif [ "$DRY_RUN" = yes ]; then
			pin "$name" "$pinned"
			note "$name" "would be built for $PLATFORM and pushed"
		else
			digest=$(build_image "$name" "$image") ||
				die "The image $name could not be built or pushed." 'The words of the tool are above.'
			pin "$name" "${digest:+$REGISTRY/$name@$digest}"
			ok "$name" "pushed, for $PLATFORM"
			if [ -z "$digest" ] && [ "$TAG_IS_COMMIT" = no ]; then
				note "$name" "$BUILDER tells no digest: nodes that have an image of that tag keep it"
			fi
		fi
	done
}

# is_pushed IMAGE: whether the registry has it for each of PLATFORM, and says so.
is_pushed() {
	local image=$1 said platform
	if [ "$BUILDER" = docker ]; then
		said=$(docker buildx imagetools inspect --format '{{json .Image}}' "$image" 2>/dev/null) || return 1
	else
		# A list of that name on this machine would be taken for the registry's.
		podman manifest rm "$image" >/dev/null 2>&1 || true
		said=$(podman manifest inspect "$image" 2>/dev/null) || return 1
	fi
	for platform in ${PLATFORM//,/ }; do
		matches "$said" "\"architecture\": *\"${platform#linux/}\"" || return 1
	done
}

# build_image TARGET IMAGE: builds and pushes; writes the digest, if the tool tells it.
build_image() {
	local target=$1 image=$2 told=$HERE/.deploy/pushed
	mkdir -p "$HERE/.deploy"
	: >"$told"
	set -- --build-arg "REVISION=$(commit_tag)" --file "$HERE/Containerfile" --target "$target"
	if [ "$BUILDER" = docker ]; then
		# Attestations have the time in them, so that nothing would ever be the same twice.
		BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker buildx build "$@" --platform "$PLATFORM" --tag "$image" --push \
			--metadata-file "$told" "$HERE" >&2 || return 1
		sed -n 's/.*"containerimage[.]digest": *"\(sha256:[0-9a-f]*\)".*/\1/p' "$told"
	else
		build_with_podman "$image" "$told" "$@" >&2 || return 1
		cat "$told"
	fi
}

# build_with_podman IMAGE FILE FLAGS...: always as a list, since only a list says for which platforms it is. It has a
# name that the registry's never has, or podman would ask itself whether the registry has it.
build_with_podman() {
	local image=$1 told=$2 list=localhost/$MANAGED_BY/${1##*/} platform status=0
	shift 2
	podman manifest rm "$list" >/dev/null 2>&1 || true
	# One after the other: the digest depends on their order. podman 4.3 does not say what it builds on when it builds
	# for something else.
	for platform in ${PLATFORM//,/ }; do
		podman build "$@" --build-arg "BUILDPLATFORM=$(own_platform)" --platform "$platform" --manifest "$list" "$HERE" || return 1
	done
	podman manifest push --all --digestfile "$told" "$list" "docker://$image" || status=$?
	podman manifest rm "$list" >/dev/null 2>&1 || true
	return "$status"
}
