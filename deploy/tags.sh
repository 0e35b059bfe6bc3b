# shellcheck shell=bash
# Whose a resource of AWS is. One account serves several clusters, so a resource that deploy made has a tag that says
# so, and one for each namespace of a cluster that uses it. Cleanup removes it with the last of these.

CREATED_BY=outlier-demo-deploy
USED_BY=outlier-demo-deploy/

# The key of this namespace's tag, and its value, which is for people; set by find_own_tag.
OWN_TAG='' OWN_VALUE=''

# The UID of kube-system stands for the cluster, the context of kubectl names it. The command images knows no cluster.
find_own_tag() {
	local id
	[ -z "$OWN_TAG" ] || return 0
	if [ "$COMMAND" = images ]; then
		OWN_TAG=${USED_BY}images OWN_VALUE=images
		return
	fi
	id=$(kubectl get namespace kube-system -o 'jsonpath={.metadata.uid}' 2>/dev/null) || id=''
	OWN_TAG=$USED_BY${id:-unknown}${id:+/$NAMESPACE}
	OWN_VALUE=$(kubectl config current-context 2>/dev/null | tr -c 'A-Za-z0-9._:/@+\n-' _ | cut -c1-200) || OWN_VALUE=unknown
}

# owner_of SERVICE ARN: nobody (no tag of deploy), untold (an older deploy, which did not say for which cluster), we, we+
# (others, too) or others; then these others. Fails, with AWS's words, if AWS does not tell.
owner_of() {
	local tags
	tags=$(aws "$1" list-tags-for-resource --resource-arn "$2" --region "$(printf '%s' "$2" | cut -d: -f4)" \
		--query '(tags || Tags)[].[Key, Value]' --output text 2>&1) || {
		printf '%s\n' "$tags"
		return 1
	}
	printf '%s\n' "$tags" | awk -F'\t' -v created_by="$CREATED_BY" -v used_by="$USED_BY" -v own="$OWN_TAG" '
		$1 == "created-by" && $2 == created_by { made = 1 }
		index($1, used_by) != 1 { next }
		{ told = 1 }
		$1 == own && own != used_by "unknown" { we = 1; next }
		$1 != used_by "images" {
			others = others (others == "" ? " " : ", ") $2
			if (sub(/.*\//, "", $1)) others = others " (" $1 ")"
		}
		END {
			if (!made) print "nobody"
			else if (!told) print "untold"
			else print (we ? (others == "" ? "we" : "we+") : "others") others
		}'
}

# claim SERVICE ARN NAME: what deploy made for another cluster is used here, too, and says so from now on.
claim() {
	local owner said
	find_own_tag
	owner=$(owner_of "$1" "$2") || {
		note "$3" 'AWS does not tell its tags, so the cleanup of another cluster may remove it'
		return
	}
	case "$owner" in
	others*) ;;
	*) return 0 ;;
	esac
	said=$(aws "$1" tag-resource --resource-arn "$2" --tags "Key=$OWN_TAG,Value=$OWN_VALUE" \
		--region "$(printf '%s' "$2" | cut -d: -f4)" 2>&1) ||
		die "AWS does not note that $3 is used here, too: $said" \
			"Ask for the permission $1:TagResource: without, the cleanup of another cluster would remove it."
	ok "$3" 'is there; tagged as used here, too'
}

# release SERVICE ARN NAME WHAT: succeeds if it is to be removed now; says why if it is not.
release() {
	local owner said
	find_own_tag
	owner=$(owner_of "$1" "$2") || {
		refused "AWS does not tell the tags of $3: $owner" "$1:ListTagsForResource"
		return 1
	}
	case "$owner" in
	we) return 0 ;;
	nobody) note "$3" "the $4 is not of deploy.sh: it stays" ;;
	untold) note "$3" "the $4 does not say for which cluster deploy.sh made it: it stays; remove it yourself if no other needs it" ;;
	others*) note "$3" "the $4 is another cluster's: it stays, used by${owner#others}" ;;
	we+*)
		note "$3" "the $4 is another cluster's, too: it stays, used by${owner#we+}"
		said=$(aws "$1" untag-resource --resource-arn "$2" --tag-keys "$OWN_TAG" \
			--region "$(printf '%s' "$2" | cut -d: -f4)" 2>&1) ||
			refused "AWS does not take our tag off $3: $said" "$1:UntagResource"
		;;
	esac
	return 1
}

# refused SENTENCE PERMISSION: ends cleanup, whose record stays so that the next one tries again; not with --force.
refused() {
	if [ "$FORCE" = yes ]; then
		note AWS "$1; it stays, as --force says"
		return
	fi
	die "$1" "Log in to the right account, or ask for the permission $2, and run cleanup again; --force goes on without."
}
