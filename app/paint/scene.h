/* scene.h - a house by a lake in the hills: the pixels of assets/scene.png. */
#ifndef CONVLET_PAINT_SCENE_H
#define CONVLET_PAINT_SCENE_H

#include <convlet/tensor.h>

enum { SCENE_HEIGHT = 384, SCENE_WIDTH = 512 };

/*
 * A picture for restorers to be measured on, unlike the sample: what lies far
 * is smooth and hazy, what stands near has texture and sharp edges, and there
 * is no noise in it.
 *
 *   size      rows and columns of its middle, at most all
 *   picture   receives [1,3,rows,columns] of 0 to 1, as it is read from the
 * file
 *
 * CVL_ENOMEM.
 */
cvl_status scene_paint(const size_t size[2], cvl_dtype dtype,
                       cvl_tensor *picture, cvl_error *err);

#endif
