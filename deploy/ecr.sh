# shellcheck shell=bash
# Amazon ECR as the registry: a repository for each image, made when it is first needed.

# The registry that --ecr stands for; a path for each namespace, so that each cleans up its own.
ecr_registry() {
	local account=${AWS_ACCOUNT_ID:-} domain=amazonaws.com
	[ -n "$REGION" ] || REGION=$(aws configure get region 2>/dev/null) || true
	[ -n "$REGION" ] || return 1
	[ -n "$account" ] ||
		account=$(aws sts get-caller-identity --query Account --output text 2>/dev/null) || return 1
	case "$REGION" in
	cn-*) domain=amazonaws.com.cn ;;
	esac
	printf '%s.dkr.ecr.%s.%s/%s\n' "$account" "$REGION" "$domain" "$NAMESPACE"
}

# region_of REGISTRY, one of ECR.
region_of() { printf '%s\n' "$1" | cut -d. -f4; }

die_without_ecr() {
	die 'The ECR registry is not known: AWS tells no account, or there is no region.' \
		'Log in (aws sts get-caller-identity must answer) and give --region.'
}

log_in_to_ecr() {
	aws ecr get-login-password --region "$REGION" |
		"$BUILDER" login --username AWS --password-stdin "${REGISTRY%%/*}" 2>&1 | indented ||
		die 'No login to ECR.' "See why: aws ecr get-login-password --region $REGION"
}

# ecr_arn REGISTRY NAME: the ARN of the repository. Fails with AWS's words, also if there is none.
ecr_arn() {
	aws ecr describe-repositories --registry-id "${1%%.*}" --repository-names "${1#*/}/$2" --region "$(region_of "$1")" \
		--query 'repositories[0].repositoryArn' --output text 2>&1
}

# use_ecr_repository NAME: creates it unless it is there, and says in its tags that it is used.
use_ecr_repository() {
	local said name=${REGISTRY#*/}/$1
	if said=$(ecr_arn "$REGISTRY" "$1"); then
		claim ecr "$said" "$name"
		return
	fi
	[ "$BUILD_IMAGES" = yes ] || return 0
	find_own_tag
	said=$(aws ecr create-repository --repository-name "$name" --region "$REGION" \
		--tags "Key=created-by,Value=$CREATED_BY" "Key=$OWN_TAG,Value=$OWN_VALUE" 2>&1) ||
		die "ECR makes no repository $name: $said" 'Ask for the permissions ecr:CreateRepository and ecr:TagResource.'
	ok "$1" "repository $name created"
}

# Images that are not built may be those of another cluster.
use_ecr_repositories() {
	local name
	for name in $(used_images); do
		use_ecr_repository "$name"
	done
}

# remove_ecr_repositories REGISTRY: those that no other cluster uses.
remove_ecr_repositories() {
	local registry=$1 name said arn
	for name in $IMAGES; do
		if ! arn=$(ecr_arn "$registry" "$name"); then
			matches "$arn" RepositoryNotFound ||
				refused "AWS does not tell whether ${registry#*/}/$name is there: $arn" ecr:DescribeRepositories
		elif release ecr "$arn" "${registry#*/}/$name" 'ECR repository'; then
			if said=$(aws ecr delete-repository --registry-id "${registry%%.*}" --repository-name "${registry#*/}/$name" \
				--region "$(region_of "$registry")" --force 2>&1); then
				ok "${registry#*/}/$name" 'ECR repository removed'
			else
				refused "AWS does not remove ${registry#*/}/$name: $said" ecr:DeleteRepository
			fi
		fi
	done
}
