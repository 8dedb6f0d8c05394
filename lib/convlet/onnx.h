/* onnx.h - a model as a file that other programs run. */
#ifndef CVL_ONNX_H
#define CVL_ONNX_H

#include "convlet/bytes.h"
#include "convlet/model.h"

/* What a file says of itself: the version of its form, and that of the
 * operators in it, which both are old enough to be read everywhere. */
enum cvl_onnx_versions { CVL_ONNX_IR = 8, CVL_ONNX_OPSET = 13 };

/* What became of a model. */
typedef struct cvl_onnx_summary {
    size_t operators;
    bool is_fixed; /* for inputs of the model's height and width alone */
} cvl_onnx_summary;

/*
 * The bytes of an ONNX file that computes what the net does in CVL_MODE_EVAL,
 * in float32: "input" [N,C,H,W] to "output". N is any number; so are H and W,
 * but of a classifier, and where the net has a dense layer, ceil=yes, or
 * padding=fit with a stride: see `summary` (may be NULL). Params and buffers
 * keep their names, and a model its metadata, as entries of the file. Of a
 * residual net the input is added; a classifier's output is [N,O], before
 * softmax.
 *
 *   about    as the model has it; the numbers of the input are prepared by the
 *            caller, as it says
 *   net      built or planned, with values
 *   words    what the caller has to know, in plain words, for the file's
 *            doc_string; NULL: nothing
 *
 * The caller frees *bytes. Equal content gives equal bytes. CVL_EUNSUPPORTED
 * where a layer is none of ONNX's operators, and beyond 2 GiB; CVL_EINVAL where
 * a number is beyond float32; CVL_ENOMEM. *bytes is {0} then.
 *
 * Source: onnx.proto and Operators.md of the project ONNX.
 */
cvl_status cvl_onnx_format(const cvl_model_about *about, const cvl_net *net,
                           const char *words, cvl_bytes *bytes,
                           cvl_onnx_summary *summary, cvl_error *err);

#endif
