#!/usr/bin/env bash
# Puts the demo onto a Kubernetes cluster, behind the mesh that is there: `./deploy.sh help`.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# shellcheck source=deploy/say.sh
. "$HERE/deploy/say.sh"
# shellcheck source=deploy/options.sh
. "$HERE/deploy/options.sh"
# shellcheck source=deploy/cluster.sh
. "$HERE/deploy/cluster.sh"
# shellcheck source=deploy/aws.sh
. "$HERE/deploy/aws.sh"
# shellcheck source=deploy/tags.sh
. "$HERE/deploy/tags.sh"
# shellcheck source=deploy/ecr.sh
. "$HERE/deploy/ecr.sh"
# shellcheck source=deploy/cloud_map.sh
. "$HERE/deploy/cloud_map.sh"
# shellcheck source=deploy/record.sh
. "$HERE/deploy/record.sh"
# shellcheck source=deploy/meshes.sh
. "$HERE/deploy/meshes.sh"
# shellcheck source=deploy/render.sh
. "$HERE/deploy/render.sh"
# shellcheck source=deploy/builder.sh
. "$HERE/deploy/builder.sh"
# shellcheck source=deploy/namespace.sh
. "$HERE/deploy/namespace.sh"
# shellcheck source=deploy/images.sh
. "$HERE/deploy/images.sh"
# shellcheck source=deploy/preflight.sh
. "$HERE/deploy/preflight.sh"
# shellcheck source=deploy/lock.sh
. "$HERE/deploy/lock.sh"
# shellcheck source=deploy/way_in.sh
. "$HERE/deploy/way_in.sh"
# shellcheck source=deploy/apply.sh
. "$HERE/deploy/apply.sh"
# shellcheck source=deploy/rollout.sh
. "$HERE/deploy/rollout.sh"
# shellcheck source=deploy/endpoint.sh
. "$HERE/deploy/endpoint.sh"
# shellcheck source=deploy/cleanup.sh
. "$HERE/deploy/cleanup.sh"

deploy() {
	preflight
	[ "$DRY_RUN" = yes ] || write_record
	if [ "$BUILD_IMAGES" = yes ]; then
		build_images
		# By digest, which only now is known.
		render "$ADOPTED"
	elif [ "$ECR" = yes ] && [ "$DRY_RUN" = no ]; then
		use_ecr_repositories
	fi
	if [ "$CLOUD_MAP" = yes ]; then
		make_cloud_map_namespace
	fi
	lock_controls
	apply_manifests
	if [ "$DRY_RUN" = yes ]; then
		say 'This was a dry run: the cluster is as it was.'
		return
	fi
	if [ "$MESH" = appmesh ]; then
		wait_for_mesh
	fi
	wait_for_rollouts
	[ "$MESH" != istio-ambient ] || wait_for_waypoint
	remove_stale
	wait_for_endpoint
}

status() {
	use_deployed_mesh
	kubectl get deployments,pods,services -n "$NAMESPACE" -l "$PART_OF"
	printf '\nmesh      %s\n' "$MESH"
	printf 'endpoint  %s\n' "$(endpoint_url || true)"
}

endpoint() {
	use_deployed_mesh
	wait_for_endpoint
}

verify() {
	use_deployed_mesh
	local url profile
	url=$(endpoint_url)
	[ -n "$url" ] ||
		die 'The demo has no address yet.' "Wait for it with: ./deploy.sh endpoint --namespace $NAMESPACE"
	profile=$(profile_of "$MESH")
	if command -v outlier-demo >/dev/null; then
		set -- outlier-demo verify --gateway "$url" --profile "$profile" "$@"
	else
		set -- cargo run --quiet --release --manifest-path "$HERE/Cargo.toml" -- \
			verify --gateway "$url" --profile "$profile" "$@"
	fi
	exec "$@"
}

main() {
	parse_options "$@"
	trap interrupted INT TERM
	case "$COMMAND" in
	help) usage ;;
	deploy) use_cluster && deploy ;;
	preflight) use_cluster && preflight ;;
	images) build_all_images ;;
	render)
		if [ "$MESH" = auto ]; then
			use_cluster
			kubectl version --request-timeout=20s >/dev/null 2>&1 ||
				die 'The cluster does not answer, so nobody knows what mesh it has.' 'Name one with --mesh.'
			choose_mesh
			read_record || true
			recall_registry
		fi
		[ "$ECR" = no ] || use_registry || die_without_ecr
		render
		cat "$MANIFESTS"
		;;
	status) use_cluster && status ;;
	endpoint) use_cluster && endpoint ;;
	verify) use_cluster && verify ${REST[@]+"${REST[@]}"} ;;
	cleanup) use_cluster && cleanup ;;
	esac
}

main "$@"
