/* make_scene.c - writes assets/scene.png, as paint/scene.h paints it. */
#include "paint/scene.h"
#include "write.h"

int main(int argc, char **argv)
{
    const size_t all[2] = {SCENE_HEIGHT, SCENE_WIDTH};
    cvl_tensor picture;
    cvl_error err;
    const cvl_status status = scene_paint(all, CVL_F64, &picture, &err);
    return write_picture(status, &picture, &err, argc, argv);
}
