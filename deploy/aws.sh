# shellcheck shell=bash
# Is App Mesh still there? AWS tells by the text of its answer, since its status says little.

# `alive`, `gone`, `unknown`, or `other` and AWS's own words.
app_mesh_state() {
	local said
	if ! command -v aws >/dev/null; then
		echo unknown
	elif said=$(aws appmesh list-meshes --max-items 1 ${REGION:+--region "$REGION"} 2>&1); then
		echo alive
	elif matches "$said" 'Could not connect to the endpoint URL|[Ii]nvalid choice'; then
		# Some CLIs that no longer know the service write it with a capital letter, some in the middle of a sentence.
		echo gone
	elif matches "$said" 'Unable to locate credentials|You must specify a region'; then
		echo unknown
	elif matches "$said" 'AccessDenied'; then
		# Only a service that lives says no.
		echo alive
	else
		printf 'other %s\n' "$(printf '%s' "$said" | tr '\n' ' ')"
	fi
}
