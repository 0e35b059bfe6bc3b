# shellcheck shell=bash
# AWS Cloud Map as in 2020: a private DNS namespace in which App Mesh's replicas are found.

# Set once for all by use_cloud_map.
CLOUD_MAP=no
CLOUD_MAP_NAME=''

use_cloud_map() {
	if [ "$MESH" = appmesh ] && [ -n "$VPC" ]; then
		CLOUD_MAP=yes
		CLOUD_MAP_NAME=${CLOUDMAP_NAMESPACE:-$NAMESPACE.pvt.aws.local}
	fi
}

# cloud_map_field NAME FIELD: Id or Arn of the Cloud Map namespace; nothing if there is none. Fails with AWS's words.
cloud_map_field() {
	local found
	found=$(aws servicediscovery list-namespaces ${REGION:+--region "$REGION"} --output text \
		--query "Namespaces[?Name=='$1'].$2" 2>&1) || {
		printf '%s\n' "$found"
		return 1
	}
	[ "$found" = None ] || printf '%s\n' "$found"
}

make_cloud_map_namespace() {
	heading 'Cloud Map'
	local arn said
	arn=$(cloud_map_field "$CLOUD_MAP_NAME" Arn) ||
		die "AWS does not list the Cloud Map namespaces: $arn" 'Ask for the permission servicediscovery:ListNamespaces.'
	if [ -n "$arn" ]; then
		ok "$CLOUD_MAP_NAME" 'is there'
		[ "$DRY_RUN" = yes ] || claim servicediscovery "$arn" "$CLOUD_MAP_NAME"
		return
	fi
	if [ "$DRY_RUN" = yes ]; then
		note "$CLOUD_MAP_NAME" "would be created in $VPC"
		return
	fi
	find_own_tag
	said=$(aws servicediscovery create-private-dns-namespace --name "$CLOUD_MAP_NAME" --vpc "$VPC" \
		${REGION:+--region "$REGION"} --tags "Key=created-by,Value=$CREATED_BY" "Key=$OWN_TAG,Value=$OWN_VALUE" 2>&1) ||
		die "AWS makes no Cloud Map namespace: $said" "Is $VPC the cluster's VPC, and in this region?"
	wait_until "AWS makes $CLOUD_MAP_NAME" cloud_map_exists "$CLOUD_MAP_NAME" ||
		die "$CLOUD_MAP_NAME is not there after $TIMEOUT s." 'Run the same again.'
	ok "$CLOUD_MAP_NAME" "created in $VPC"
}

cloud_map_exists() {
	local id
	id=$(cloud_map_field "$1" Id) && [ -n "$id" ]
}

# An interrupted run may have asked for a namespace that comes only now.
no_cloud_map_is_made() {
	local number
	number=$(aws servicediscovery list-operations ${REGION:+--region "$REGION"} --query 'length(Operations)' --output text \
		--filters Name=TYPE,Values=CREATE_NAMESPACE,Condition=EQ Name=STATUS,Values=SUBMITTED,PENDING,Condition=IN 2>/dev/null) ||
		return 0
	[ "$number" = 0 ]
}

# remove_cloud_map_namespace NAME: unless another cluster uses it.
remove_cloud_map_namespace() {
	local name=$1 id arn said
	cloud_map_exists "$name" || wait_until 'AWS makes a Cloud Map namespace' no_cloud_map_is_made || true
	id=$(cloud_map_field "$name" Id) || {
		refused "AWS does not tell whether the Cloud Map namespace $name is there: $id" servicediscovery:ListNamespaces
		return
	}
	if [ -z "$id" ]; then
		note "$name" "AWS has no such Cloud Map namespace${REGION:+ in $REGION}"
		return
	fi
	arn=$(cloud_map_field "$name" Arn)
	release servicediscovery "$arn" "$name" 'Cloud Map namespace' || return 0
	if said=$(aws servicediscovery delete-namespace --id "$id" ${REGION:+--region "$REGION"} 2>&1); then
		ok "$name" 'Cloud Map namespace removed'
	else
		refused "AWS does not remove the Cloud Map namespace $name: $said" servicediscovery:DeleteNamespace
	fi
}
