# shellcheck shell=bash
# What needs AWS: is App Mesh still there, the registry, and Cloud Map as in 2020.

AWS_TAG=Key=created-by,Value=outlier-demo-deploy

# Set once for all by use_cloud_map.
CLOUD_MAP=no
CLOUD_MAP_NAME=''

# App Mesh as AWS tells it, by the text of the answer since its status says little:
# `alive`, `gone`, `unknown`, or `other` and AWS's own words.
app_mesh_state() {
	local said
	if ! command -v aws >/dev/null; then
		echo unknown
	elif said=$(aws appmesh list-meshes --max-items 1 ${REGION:+--region "$REGION"} 2>&1); then
		echo alive
	elif matches "$said" 'Could not connect to the endpoint URL|Invalid choice'; then
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

# The registry that --ecr stands for; a path for each namespace, so that each cleans up its own.
ecr_registry() {
	local account=${AWS_ACCOUNT_ID:-}
	[ -n "$REGION" ] || REGION=$(aws configure get region 2>/dev/null) || true
	[ -n "$REGION" ] || return 1
	[ -n "$account" ] ||
		account=$(aws sts get-caller-identity --query Account --output text 2>/dev/null) || return 1
	printf '%s.dkr.ecr.%s.amazonaws.com/%s\n' "$account" "$REGION" "$NAMESPACE"
}

# ecr_repository NAME: creates it unless it is there.
ecr_repository() {
	local said name=${REGISTRY#*/}/$1
	if aws ecr describe-repositories --repository-names "$name" --region "$REGION" >/dev/null 2>&1; then
		return
	fi
	said=$(aws ecr create-repository --repository-name "$name" --region "$REGION" --tags "$AWS_TAG" 2>&1) ||
		die "ECR makes no repository $name: $said" 'Ask for the permission ecr:CreateRepository.'
	ok "$1" "repository $name created"
}

use_cloud_map() {
	if [ "$MESH" = appmesh ] && [ -n "$VPC" ]; then
		CLOUD_MAP=yes
		CLOUD_MAP_NAME=${CLOUDMAP_NAMESPACE:-$NAMESPACE.pvt.aws.local}
	fi
}

# cloud_map_field NAME FIELD: Id or Arn of the Cloud Map namespace; nothing if there is none.
cloud_map_field() {
	local found
	found=$(aws servicediscovery list-namespaces ${REGION:+--region "$REGION"} --output text \
		--query "Namespaces[?Name=='$1'].$2") || return 1
	[ "$found" = None ] || printf '%s\n' "$found"
}

make_cloud_map_namespace() {
	heading 'Cloud Map'
	local id said
	id=$(cloud_map_field "$CLOUD_MAP_NAME" Id) ||
		die 'AWS does not list the Cloud Map namespaces.' 'Ask for the permission servicediscovery:ListNamespaces.'
	if [ -n "$id" ]; then
		ok "$CLOUD_MAP_NAME" 'is there'
		return
	fi
	if [ "$DRY_RUN" = yes ]; then
		note "$CLOUD_MAP_NAME" "would be created in $VPC"
		return
	fi
	said=$(aws servicediscovery create-private-dns-namespace --name "$CLOUD_MAP_NAME" --vpc "$VPC" \
		${REGION:+--region "$REGION"} --tags "$AWS_TAG" 2>&1) ||
		die "AWS makes no Cloud Map namespace: $said" "Is $VPC the cluster's VPC, and in this region?"
	wait_until "AWS makes $CLOUD_MAP_NAME" cloud_map_exists ||
		die "$CLOUD_MAP_NAME is not there after $TIMEOUT s." 'Run the same again.'
	ok "$CLOUD_MAP_NAME" "created in $VPC"
}

cloud_map_exists() { [ -n "$(cloud_map_field "$CLOUD_MAP_NAME" Id)" ]; }

# is_tagged TAGS: whether deploy made what has them.
is_tagged() {
	case "$1" in
	*outlier-demo-deploy*) ;;
	*) return 1 ;;
	esac
}

remove_cloud_map_namespace() {
	local name=$1 id arn
	id=$(cloud_map_field "$name" Id) && arn=$(cloud_map_field "$name" Arn) || {
		note "$name" 'AWS does not answer: the Cloud Map namespace stays'
		return
	}
	[ -n "$id" ] || return 0
	if ! is_tagged "$(aws servicediscovery list-tags-for-resource --resource-arn "$arn" \
		${REGION:+--region "$REGION"} 2>/dev/null || true)"; then
		note "$name" 'the Cloud Map namespace is not of deploy.sh: it stays'
		return
	fi
	aws servicediscovery delete-namespace --id "$id" ${REGION:+--region "$REGION"} >/dev/null &&
		ok "$name" 'Cloud Map namespace removed'
}

remove_ecr_repositories() {
	local registry=$1 path=${1#*/} name arn
	REGION=$(printf '%s' "$registry" | cut -d. -f4)
	for name in $IMAGES; do
		arn=$(aws ecr describe-repositories --repository-names "$path/$name" --region "$REGION" \
			--query 'repositories[0].repositoryArn' --output text 2>/dev/null) || continue
		if ! is_tagged "$(aws ecr list-tags-for-resource --resource-arn "$arn" --region "$REGION" 2>/dev/null || true)"; then
			note "$path/$name" 'the ECR repository is not of deploy.sh: it stays'
			continue
		fi
		aws ecr delete-repository --repository-name "$path/$name" --region "$REGION" --force >/dev/null &&
			ok "$path/$name" 'ECR repository removed'
	done
}
