# Trains on a disk of 32 kB, fills it, tries to go on, makes room and goes on. The folder is the first argument.
set -e
mount -t tmpfs -o size=32k none "$1"
fake train --epochs 2 --out "$1/kept.safetensors" > /dev/null 2>&1
cp "$1"/kept.* .
head -c 1000000 /dev/zero > "$1/rest" 2> /dev/null || true
fake train --resume --epochs 9 --checkpoint-every 1steps --out "$1/kept.safetensors" 2>&1 > /dev/null || echo "exit code $?"
echo $(ls "$1")
cmp kept.safetensors "$1/kept.safetensors"
cmp kept.checkpoint.safetensors "$1/kept.checkpoint.safetensors"
rm "$1/rest"
fake train --resume --epochs 3 --out "$1/kept.safetensors"
