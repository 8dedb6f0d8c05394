/* write.c - see write.h for the contract. */
#include "write.h"

#include <stdio.h>

#include "pictures/picture.h"

int write_picture(cvl_status status, cvl_tensor *picture, cvl_error *err,
                  int argc, char **argv)
{
    if (argc == 2) {
        if (!status) status = picture_save(argv[1], picture, err);
        if (status) fprintf(stderr, "%s: %s\n", argv[0], err->message);
    } else {
        fprintf(stderr, "usage: %s FILE.png\n", argv[0]);
    }
    cvl_tensor_free(picture);
    return argc != 2 ? 2 : status ? 1 : 0;
}
