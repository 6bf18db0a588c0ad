import pytest
@pytest.mark.django_db
def test_a():
    from django.contrib.auth.models import User
    User.objects.create(username="x"); assert User.objects.count()==1
@pytest.mark.django_db(transaction=True)
def test_b():
    from django.contrib.auth.models import User
    User.objects.create(username="x"); assert User.objects.count()==1
