"""The stocked centre in Beijing with its dispatch department, and two customers with signed orders."""

from kefu.dispatch.testing import dispatcher_of, signed_order
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of, stocked_centre


@scene
def yard(cast):
    """Everything a run needs: warehouse, dispatcher, and orders of 3 and 2 packs of two customers."""
    cast.warehouse = stocked_centre(cast)
    cast.dispatcher = dispatcher_of(cast)
    cast.first, cast.second = customer_of(cast), customer_of(cast, "陶映川", "10000000002")
    cast.three, cast.two = signed_order(cast, cast.first, 3), signed_order(cast, cast.second, 2)
    return cast
