#!/bin/sh
# SPDX-License-Identifier: MIT
# Works a TPM with tpm2-tools, as people do: one line "ok NAME" or "not ok NAME" for each step, and what a failing one said.
#
#   TPM2=PROGRAM tools.sh [STEP...]     without steps all; TPM2TOOLS_TCTI says which TPM
#
# Where the TPM has no resource manager, what a step has loaded is flushed after it.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
tpm2=${TPM2:-tpm2}
wanted=" $* "

tpm()
{
	"$tpm2" "$@" -Q
}

flush()
{
	case ${TPM2TOOLS_TCTI:-} in
	*tpmrm*) return ;;
	esac
	"$tpm2" flushcontext -t && "$tpm2" flushcontext -s && "$tpm2" flushcontext -l
}

# refused COMMAND...: succeeds when it fails
refused()
{
	if "$@"; then
		return 1
	fi
}

# step NAME: runs the function of that name
step()
{
	case $wanted in
	"  " | *" $1 "*) ;;
	*) return ;;
	esac
	(set -e; "step_$1") >log 2>&1
	status=$? # not in the condition: there, "set -e" would do nothing
	if [ $status -eq 0 ]; then
		echo "ok $1"
	else
		echo "not ok $1"
		sed 's/^/# /' log
	fi
	flush >/dev/null 2>&1
}

step_selftest()
{
	tpm selftest -f
}

step_getrandom()
{
	"$tpm2" getrandom --hex 32 >first
	"$tpm2" getrandom --hex 32 >second
	[ "$(wc -c <first)" -ge 64 ]
	refused cmp -s first second
}

step_primary_ecc()
{
	tpm createprimary -C o -g sha256 -G ecc -c ecc.ctx
}

step_primary_rsa()
{
	tpm createprimary -C o -g sha256 -G rsa2048 -c rsa.ctx
}

step_create_load()
{
	tpm create -C ecc.ctx -G ecc -u key.pub -r key.priv
	tpm load -C ecc.ctx -u key.pub -r key.priv -c key.ctx
	flush
	echo message >message
	tpm sign -c key.ctx -g sha256 -o signature message
	flush
	tpm verifysignature -c key.ctx -g sha256 -m message -s signature
}

step_seal_unseal()
{
	echo a secret >secret
	tpm create -C ecc.ctx -i secret -u seal.pub -r seal.priv
	tpm load -C ecc.ctx -u seal.pub -r seal.priv -c seal.ctx
	flush
	"$tpm2" unseal -c seal.ctx >unsealed
	cmp secret unsealed
}

# Sealed to a PCR: another measurement, and it stays sealed.
step_seal_to_pcr()
{
	tpm pcrreset 16
	tpm createpolicy --policy-pcr -l sha256:0,16 -L policy
	tpm create -C ecc.ctx -L policy -i secret -u bound.pub -r bound.priv
	tpm load -C ecc.ctx -u bound.pub -r bound.priv -c bound.ctx
	flush
	"$tpm2" unseal -c bound.ctx -p pcr:sha256:0,16 >unsealed
	cmp secret unsealed
	flush
	tpm pcrextend 16:sha256=0000000000000000000000000000000000000000000000000000000000000001
	refused "$tpm2" unseal -c bound.ctx -p pcr:sha256:0,16
	flush
	tpm pcrreset 16
}

quote()
{
	tpm create -C ecc.ctx -G "$1" -g sha256 -u ak.pub -r ak.priv \
		-a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign'
	tpm load -C ecc.ctx -u ak.pub -r ak.priv -c ak.ctx
	flush
	tpm readpublic -c ak.ctx -f pem -o ak.pem
	tpm quote -c ak.ctx -l sha256:0,1,2,3,4,5,6,7 -q 01020304 -m quote.msg -s quote.sig -o quote.pcrs -g sha256
	tpm checkquote -u ak.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 01020304
	refused tpm checkquote -u ak.pem -m quote.msg -s quote.sig -f quote.pcrs -g sha256 -q 01020305
}

step_quote_ecc()
{
	quote ecc:ecdsa-sha256:null
}

step_quote_rsa()
{
	quote rsa2048:rsassa-sha256:null
}

step_nv()
{
	tpm nvdefine 0x1500016 -C o -s 32 -a 'ownerread|ownerwrite|authread|authwrite'
	echo 0123456789012345678901234567890 >written
	tpm nvwrite 0x1500016 -C o -i written
	"$tpm2" nvread 0x1500016 -C o -s 32 >read
	cmp written read
	tpm nvundefine 0x1500016 -C o
}

step_pcrread()
{
	"$tpm2" pcrread sha256:0,1,2,3,4,5,6,7 >pcrs
	[ "$(grep -c ': 0x' pcrs)" -eq 8 ]
}

for name in selftest getrandom pcrread primary_ecc primary_rsa create_load seal_unseal seal_to_pcr quote_ecc quote_rsa nv; do
	step $name
done
